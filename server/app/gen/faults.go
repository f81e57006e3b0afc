package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var codeShape = regexp.MustCompile(`^[a-z_]+\.[a-z0-9_]+$`)

// faults writes every code of a fault that the program can make, with what is
// said of it in English; nothing where that is put together from facts. The
// source is read for it: faults are made all over, and a list kept by hand lacks
// the newest.
func faults() error {
	found := sentences{}
	for _, root := range []string{"server", "shared", "desktop"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				ast.Inspect(file, found.look)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(found, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile("frontend/src/platform/sentences/en.gen.json", append(text, '\n'), 0o644)
}

type sentences map[string]string

func (s sentences) look(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.CompositeLit:
		s.spoken(n.Elts)
	case *ast.AssignStmt:
		if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Code" {
			s.know(firstCode(n.Rhs), "")
		}
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			s.spoken(n.Args)
			return true
		}
		arguments := n.Args
		if called.Sel.Name == "At" && len(arguments) > 1 {
			arguments = arguments[1:] // the first one is a field's path
		}
		// The set-up's form names fields there, not codes.
		if called.Sel.Name != "must" && called.Sel.Name != "name" {
			s.spoken(arguments)
		}
		if of, ok := called.X.(*ast.Ident); ok && of.Name == "fault" {
			s.know(firstCode(arguments), "")
		}
		if strings.HasPrefix(called.Sel.Name, "Say") && len(n.Args) > 0 {
			said, _ := literal(n.Args[0])
			s.know(codeOf(called.X), said)
		}
	case *ast.KeyValueExpr:
		code, isText := literal(n.Key)
		if said, ok := literal(n.Value); isText && ok && codeShape.MatchString(code) && strings.HasSuffix(said, ".") {
			s.know(code, said)
		}
	}
	return true
}

// spoken knows a code with its sentence behind it, whatever takes the two.
func (s sentences) spoken(values []ast.Expr) {
	code := ""
	for _, value := range values {
		text, ok := literal(value)
		switch {
		case ok && code == "" && codeShape.MatchString(text):
			code = text
		case ok && strings.Contains(text, " ") && strings.HasSuffix(text, "."):
			s.know(code, text)
		}
	}
}

func (s sentences) know(code, said string) {
	if code != "" && (said != "" || s[code] == "") {
		s[code] = said
	}
}

// codeOf is the first code in the making of a fault.
func codeOf(e ast.Expr) (code string) {
	ast.Inspect(e, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok && code == "" {
			code = firstCode(call.Args)
		}
		return code == ""
	})
	return code
}

func firstCode(arguments []ast.Expr) string {
	for _, argument := range arguments {
		if text, ok := literal(argument); ok && codeShape.MatchString(text) {
			return text
		}
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	of, ok := e.(*ast.BasicLit)
	if !ok || of.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(of.Value)
	return text, err == nil
}
