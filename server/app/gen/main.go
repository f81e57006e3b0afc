// Command gen writes what the front end must know of the server: the API's types,
// the modules with their permissions, topics and menu, and what is said of each
// fault. It also writes the module pages of the documentation. Run it by "make gen".
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"

	"souk/server/app"
	"souk/server/platform/module"
)

func main() {
	for _, step := range []func() error{modules, schema, faults, pages} {
		if err := step(); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

const header = "// Made by `make gen` from the modules' declarations. Do not edit.\n\n"

// modules writes the list of modules, permissions, topics and menu entries.
func modules() error {
	var out bytes.Buffer
	out.WriteString(header)
	fmt.Fprintf(&out, "export type ModuleKey = %s;\n\n", union(app.Modules, func(m module.Module) []string { return []string{m.Key} }))
	fmt.Fprintf(&out, "export type Permission = %s;\n\n", union(app.Modules, func(m module.Module) []string {
		var names []string
		for _, grant := range m.Permissions {
			names = append(names, string(grant.Permission))
		}
		return names
	}))
	fmt.Fprintf(&out, "export type Topic = %s;\n\n", union(app.Modules, func(m module.Module) []string {
		var names []string
		for _, topic := range m.Topics {
			names = append(names, topic.Name)
		}
		return names
	}))
	out.WriteString("export type NavItem = { module: ModuleKey; section: string; label: string; path: string; icon: string; needs: Permission | 'signed_in' };\n\n")
	out.WriteString("export const nav: NavItem[] = [\n")
	for _, m := range app.Modules {
		for _, n := range m.Nav {
			fmt.Fprintf(&out, "\t{ module: %q, section: %q, label: %q, path: %q, icon: %q, needs: %q },\n", m.Key, n.Section, n.Label, n.Path, n.Icon, n.Needs)
		}
	}
	out.WriteString("];\n\nexport const topics: Topic[] = [\n")
	for _, m := range app.Modules {
		for _, topic := range m.Topics {
			fmt.Fprintf(&out, "\t%q,\n", topic.Name)
		}
	}
	out.WriteString("];\n")
	return os.WriteFile("frontend/src/api/modules.gen.ts", bytes.ReplaceAll(out.Bytes(), []byte(`"`), []byte(`'`)), 0o644)
}

func union(all []module.Module, names func(module.Module) []string) string {
	var quoted []string
	for _, m := range all {
		for _, name := range names(m) {
			quoted = append(quoted, "'"+name+"'")
		}
	}
	return strings.Join(quoted, " | ")
}

// schema turns the API's description into types.
func schema() error {
	file, err := os.CreateTemp("", "souk-openapi-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := app.WriteOpenAPI(file); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	command := exec.Command("node_modules/.bin/openapi-typescript", file.Name(), "--output", "src/api/schema.gen.ts", "--alphabetize")
	command.Dir, command.Stderr = "frontend", os.Stderr
	return command.Run()
}

// pages writes one table of modules, permissions and routes.
func pages() error {
	var out bytes.Buffer
	out.WriteString("<!-- Made by `make gen` from the modules' declarations. Do not edit. -->\n# Modules\n\nIn the order of their layers: a module may import those above it.\n")
	for _, m := range app.Modules {
		fmt.Fprintf(&out, "\n## %s (`%s`)\n", m.Title, m.Key)
		if len(m.Permissions) > 0 {
			out.WriteString("\n| permission | allows | roles |\n|---|---|---|\n")
		}
		for _, grant := range m.Permissions {
			roles := make([]string, len(grant.Roles))
			for i, role := range grant.Roles {
				roles[i] = string(role)
			}
			sort.Strings(roles)
			fmt.Fprintf(&out, "| `%s` | %s | %s |\n", grant.Permission, grant.Allows, strings.Join(roles, ", "))
		}
		if len(m.Routes) > 0 {
			out.WriteString("\n| route | needs |\n|---|---|\n")
		}
		for _, route := range m.Routes {
			fmt.Fprintf(&out, "| `%s /api%s` | `%s` |\n", route.Method, route.Path, route.Needs)
		}
		for _, topic := range m.Topics {
			fmt.Fprintf(&out, "\nTopic `%s` (needs `%s`): writes to %s.\n", topic.Name, topic.Needs, strings.Join(topic.Tables, ", "))
		}
	}
	if err := os.MkdirAll("docs", 0o755); err != nil {
		return err
	}
	return os.WriteFile("docs/modules.md", out.Bytes(), 0o644)
}
