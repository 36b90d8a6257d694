// Package brand is what readers recognise an owner by: the name, logo, colour, postal address and site that stand on the
// pages for readers and in the footer of e-mails.
package brand

import (
	"fmt"
	"regexp"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/template"
)

// Brand is the brand of one owner. The zero value is that of an owner who has none.
type Brand struct {
	Name    string `db:"name"`
	Colour  string `db:"colour"` // #rrggbb, or "" for the colour of Gonets
	Address string `db:"postal_address"`
	Site    string `db:"site"`
	Logo    string `db:"-"` // path on this instance, "" = none

	ID   string `db:"id"`
	File string `db:"logo"`
}

// Of reads the brand of an owner.
func Of(app core.App, owner string) (Brand, error) {
	var found []Brand
	err := app.DB().NewQuery(`
		SELECT id, name, logo, colour, postal_address, site FROM brands WHERE owner = {:owner}`).
		Bind(dbx.Params{"owner": owner}).All(&found)
	if err != nil {
		return Brand{}, fmt.Errorf("read the brand of %s: %w", owner, err)
	}
	if len(found) == 0 {
		return Brand{}, nil
	}
	b := found[0]
	if b.File == "" {
		return b, nil
	}
	collection, err := app.FindCachedCollectionByNameOrId("brands")
	if err != nil {
		return Brand{}, fmt.Errorf("find the brands collection: %w", err)
	}
	b.Logo = "/api/files/" + collection.BaseFilesPath() + "/" + b.ID + "/" + b.File + "?thumb=0x96"
	return b, nil
}

// InEmails is the part of the brand that e-mails use.
func (b Brand) InEmails() template.Brand {
	return template.Brand{Name: b.Name, Address: b.Address, Site: b.Site}
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// IsColour reports whether s is a colour as brands store it: #rrggbb in lower case.
func IsColour(s string) bool { return colourForm.MatchString(s) }
