package suppression

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// forgetPage is how many deleted clients are read at once.
const forgetPage = 1000

// deletedClient is an address that a deleted client had.
type deletedClient struct {
	Client string `db:"client" json:"client"`
	Email  string `db:"email" json:"email"`
	Linked bool   `db:"linked" json:"-"` // there is a mail to it
}

// ForgetDeletedClients deletes the addresses of deleted clients that are no recipients of a mailing of their owner any more. It reads without a lock and writes in short transactions.
func ForgetDeletedClients(ctx context.Context, app core.App) error {
	var after deletedClient
	for {
		var page []deletedClient
		// By the primary key; the mailings by idx_mailings_owner_created, their recipients by idx_recipients_mailing_email.
		err := app.ConcurrentDB().NewQuery(`
			SELECT d.client, d.email, EXISTS (
				SELECT 1 FROM mailings m CROSS JOIN recipients r ON r.mailing = m.id AND r.email = d.email
				WHERE m.owner = d.owner AND r.client = d.client
			) AS linked
			FROM deleted_clients d WHERE (d.client, d.email) > ({:client}, {:email})
			ORDER BY d.client, d.email LIMIT {:limit}`).WithContext(ctx).
			Bind(dbx.Params{"client": after.Client, "email": after.Email, "limit": forgetPage}).All(&page)
		if err != nil {
			return fmt.Errorf("look at deleted clients: %w", err)
		}
		unlinked := slices.DeleteFunc(slices.Clone(page), func(k deletedClient) bool { return k.Linked })
		if err := forget(ctx, app, unlinked); err != nil {
			return err
		}
		if len(page) < forgetPage {
			return nil
		}
		after = page[len(page)-1]
	}
}

func forget(ctx context.Context, app core.App, clients []deletedClient) error {
	if len(clients) == 0 {
		return nil
	}
	raw, err := json.Marshal(clients)
	if err != nil {
		return fmt.Errorf("forget deleted clients: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery(`
		DELETE FROM deleted_clients WHERE (client, email) IN (
			SELECT value ->> 'client', value ->> 'email' FROM json_each({:clients})
		)`).WithContext(ctx).Bind(dbx.Params{"clients": string(raw)}).Execute()
	if err != nil {
		return fmt.Errorf("forget deleted clients: %w", err)
	}
	return nil
}
