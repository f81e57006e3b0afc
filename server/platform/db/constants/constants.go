// Package constants reads the program's SQL out of its own source, for the tests that
// hold every statement to something. No program imports it.
package constants

import (
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"souk/server/platform/db"
)

// Statement is a constant of type db.SQL.
type Statement struct {
	Name string // package.constant
	SQL  db.SQL
}

// Load reads the server's packages with their types. root is the module's folder.
func Load(root string) ([]*packages.Package, error) {
	all, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedImports | packages.NeedDeps, Dir: root,
	}, "./server/...")
	if err != nil {
		return nil, err
	}
	if broken := packages.PrintErrors(all); broken > 0 {
		return nil, fmt.Errorf("%d errors in the source", broken)
	}
	return all, nil
}

// Statements lists the SQL constants of these packages by name.
func Statements(all []*packages.Package) []Statement {
	var found []Statement
	for _, pkg := range all {
		for _, object := range pkg.TypesInfo.Defs {
			c, ok := object.(*types.Const)
			if ok && c.Type().String() == "souk/server/platform/db.SQL" {
				found = append(found, Statement{pkg.PkgPath + "." + c.Name(), db.SQL(constant.StringVal(c.Val()))})
			}
		}
	}
	slices.SortFunc(found, func(a, b Statement) int { return strings.Compare(a.Name, b.Name) })
	return found
}
