package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() { m.Register(add("tokens", tokens), drop("tokens")) }

// tokens are what programs sign in with in the name of a user. The secret is shown once, when it is made; hash is its
// SHA-256. They are made by POST /api/gonets/tokens and never change.
func tokens(c *collection) {
	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 100, Required: true, Presentable: true},
		&core.SelectField{Name: "scope", Values: []string{"read", "write", "send"}, MaxSelect: 3, Required: true, Help: "What the token is good for; write includes read"},
		&core.DateField{Name: "expires", Help: "Empty means never"},
		&core.DateField{Name: "last_used_at", Help: "To the minute"},
		&core.TextField{Name: "hash", Max: 64, Hidden: true, Help: "SHA-256 of the secret"},
		created(),
	)
	own := ruleSignedIn + ` && owner = @request.auth.id`
	c.ListRule, c.ViewRule, c.DeleteRule = types.Pointer(own), types.Pointer(own), types.Pointer(own)
	c.AddIndex("idx_tokens_hash", true, "hash", "")
	c.AddIndex("idx_tokens_owner_created", false, "owner, created, id", "")
}
