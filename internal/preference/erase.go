package preference

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/suppression"
)

// eraseLinkLife is how long the link of MailErasure works.
const eraseLinkLife = 7 * 24 * time.Hour

// EraseToken is the token of the link by which the person erases what is kept.
func (r *Reader) EraseToken(tokens *suppression.Tokens) (string, error) {
	return tokens.MakeUntil(suppression.PurposeErase, r.Mailing, r.Client, time.Now().Add(eraseLinkLife))
}

// FindToErase reads the reader of a token of EraseToken. It fails as Find does.
func FindToErase(app core.App, tokens *suppression.Tokens, token string) (*Reader, error) {
	mailing, client, err := tokens.ParseUntil(suppression.PurposeErase, token, time.Now())
	if err != nil {
		return nil, err
	}
	o, err := suppression.OptOutOf(app, mailing, client)
	if err != nil {
		return nil, err
	}
	return of(app, o)
}

// Erase deletes the client, what readers said in their own words, and the addresses on the stop list and of deleted clients. In
// their place the stop list gets keyed hashes, so that the owner mails the person never again, also after another import; the
// log of consents keeps keyed hashes too. All of it is one transaction. What was mailed stays in the history of mailings, as
// long as the operator keeps that. Doing it again changes nothing.
func (r *Reader) Erase(by consent.By) error {
	err := r.app.RunInTransaction(func(tx core.App) error {
		if r.Known || !r.Stopped {
			if err := consent.Add(tx.DB(), r.Entry(consent.Withdrawn, "", by)); err != nil {
				return err
			}
		}
		for _, email := range r.addresses() {
			if err := eraseAddress(tx, r.Owner, email); err != nil {
				return err
			}
		}
		if r.Known {
			record, err := tx.FindRecordById("clients", r.Client)
			if err != nil {
				return fmt.Errorf("find the client to erase: %w", err)
			}
			if err := tx.Delete(record); err != nil {
				return fmt.Errorf("delete the client to erase: %w", err)
			}
		}
		for _, statement := range []string{
			`UPDATE opt_out_reasons SET words = '' WHERE owner = {:owner} AND client = {:client}`,
			`DELETE FROM deleted_clients WHERE client = {:client} AND owner = {:owner}`,
			`DELETE FROM former_addresses WHERE client = {:client}`,
		} {
			if _, err := tx.DB().NewQuery(statement).Bind(r.params()).Execute(); err != nil {
				return fmt.Errorf("erase a client: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Known = false
	return nil
}

// eraseAddress replaces an address on the owner's stop list by its keyed hash. The hooks of suppressions hash it, and erase the log
// of consents with it.
func eraseAddress(tx core.App, owner, email string) error {
	params := dbx.Params{"owner": owner, "email": email}
	_, err := tx.DB().NewQuery(`DELETE FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = {:email}`).
		Bind(params).Execute()
	if err != nil {
		return fmt.Errorf("erase an address: %w", err)
	}
	hash, err := suppression.ErasedValue(tx, owner, email)
	if err != nil {
		return err
	}
	var erased bool
	params["hash"] = hash
	err = tx.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM suppressions WHERE owner = {:owner} AND kind = 'erased' AND value = {:hash})`).
		Bind(params).Row(&erased)
	if err != nil {
		return fmt.Errorf("erase an address: %w", err)
	}
	if erased {
		return consent.Erase(tx.DB(), owner, email, func(text string) (string, error) { return suppression.ErasedValue(tx, owner, text) })
	}
	suppressions, err := tx.FindCachedCollectionByNameOrId("suppressions")
	if err != nil {
		return fmt.Errorf("erase an address: %w", err)
	}
	record := core.NewRecord(suppressions)
	record.Load(map[string]any{"owner": owner, "kind": "erased", "value": email, "reason": suppression.ReasonUnsubscribed})
	if err := tx.Save(record); err != nil {
		return fmt.Errorf("erase an address: %w", err)
	}
	return nil
}
