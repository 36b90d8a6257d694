package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/address"
)

// roleCommand makes a user an owner or a manager.
func roleCommand(app core.App, r *running) *cobra.Command {
	c := r.command(app, "role EMAIL owner|manager", "Make a user an owner or a manager", cobra.ExactArgs(2),
		func(_ context.Context, out io.Writer, args []string) error {
			email, role := args[0], args[1]
			if role != "owner" && role != "manager" {
				return fmt.Errorf("a role is owner or manager, not %q", role)
			}
			user, err := findUser(app, email)
			if err != nil {
				return err
			}
			user.Set("role", role)
			if err := app.Save(user); err != nil {
				return fmt.Errorf("save %s: %w", email, err)
			}
			_, err = fmt.Fprintf(out, "%s is now %s.\n", user.Email(), role)
			return err
		})
	c.Example = "  gonets role anna@example.org manager"
	return c
}

// findUser finds a user by an address as people type it.
func findUser(app core.App, email string) (*core.Record, error) {
	stored := email
	if normal, err := address.Normalize(email); err == nil {
		stored = normal
	}
	user, err := app.FindAuthRecordByEmail("users", stored)
	if err != nil {
		return nil, fmt.Errorf("there is no user %s: register in the web UI first", email)
	}
	return user, nil
}
