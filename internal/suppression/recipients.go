package suppression

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// linkAddresses finds the addresses of {:client} that {:mailing} went to, among those that the client has, had before, or
// had when it was deleted. It reads by idx_recipients_mailing_email, so its time does not depend on the number of
// recipients.
//
// Recipients and contents outlive a deleted mailing for a while. The owner of the contents keeps them out of the results
// for another mailing with the same id, which is not launched while they are there.
const linkAddresses = `
SELECT r.email FROM clients a` + recipientOf + ` WHERE a.id = {:client} AND a.owner = m.owner
UNION
SELECT r.email FROM former_addresses a` + recipientOf + ` WHERE a.client = {:client}
UNION
SELECT r.email FROM deleted_clients a` + recipientOf + ` WHERE a.client = {:client} AND a.owner = m.owner`

// recipientOf joins the recipient with the address of a; CROSS JOIN keeps the order of the joins.
const recipientOf = `
	CROSS JOIN mailings m ON m.id = {:mailing}
	CROSS JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
	CROSS JOIN recipients r ON r.mailing = m.id AND r.email = a.email AND r.client = {:client}`

// linkRecipients reads all recipients of the mailing: it finds clients who were deleted, or got another address, before
// the database kept their earlier addresses.
const linkRecipients = `
SELECT r.email
FROM mailings m
JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
JOIN recipients r ON r.mailing = m.id
WHERE m.id = {:mailing} AND r.client = {:client}`

// EmailsOf returns the addresses that a mailing went to for a client, who may be deleted by now; none when the client
// is not among its recipients.
func EmailsOf(db dbx.Builder, mailing, client string) ([]string, error) {
	var emails []string
	for _, query := range []string{linkAddresses, linkRecipients} {
		if err := db.NewQuery(query).Bind(dbx.Params{"mailing": mailing, "client": client}).Column(&emails); err != nil {
			return nil, fmt.Errorf("find client %s among the recipients of mailing %s: %w", client, mailing, err)
		}
		if len(emails) > 0 {
			break
		}
	}
	return emails, nil
}
