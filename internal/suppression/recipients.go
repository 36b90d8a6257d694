package suppression

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// recipientsOfMailing is the FROM clause of the recipients, named r, of the mailing m; its WHERE has to say
// which mailing. Recipients and contents outlive a mailing for a while after it was deleted: they are found
// through the owner of the contents, so that a mailing with the id of a deleted one has none of them. (It is
// not launched while they are there.) It relies on idx_recipients_mailing_email.
const recipientsOfMailing = `mailings m
	JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
	JOIN recipients r ON r.mailing = m.id`

// FirstRecipientSQL reads the client who comes first among the recipients of {:mailing}, in the order of their
// addresses.
const FirstRecipientSQL = `SELECT r.client FROM ` + recipientsOfMailing + ` WHERE m.id = {:mailing} ORDER BY r.email LIMIT 1`

// linkAddresses finds the addresses of {:client} that {:mailing} went to among those that the client has, had before, or
// had when it was deleted: by idx_recipients_mailing_email, however many recipients there are.
const linkAddresses = `
SELECT r.email FROM clients a` + recipientOf + ` WHERE a.id = {:client} AND a.owner = m.owner
UNION
SELECT r.email FROM former_addresses a` + recipientOf + ` WHERE a.client = {:client}
UNION
SELECT r.email FROM deleted_clients a` + recipientOf + ` WHERE a.client = {:client} AND a.owner = m.owner`

// recipientOf joins the recipient at an address of a; CROSS JOIN keeps the order.
const recipientOf = `
	CROSS JOIN mailings m ON m.id = {:mailing}
	CROSS JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
	CROSS JOIN recipients r ON r.mailing = m.id AND r.email = a.email AND r.client = {:client}`

// linkRecipients looks through all recipients of the mailing, for clients that were deleted, or got another address,
// before their addresses were kept.
const linkRecipients = `SELECT r.email FROM ` + recipientsOfMailing + ` WHERE m.id = {:mailing} AND r.client = {:client}`

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
