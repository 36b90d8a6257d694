package audience

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// The mirror: clients.status says for listing what suppressions say in truth. Nothing outside this
// file writes it, but for Status when a client is made.

// mirrorPage is how many clients are looked at together when a domain is suppressed.
const mirrorPage = 5000

// Status is the clients.status that mirrors the reason of a suppression, "" for none.
func Status(reason string) string {
	switch reason {
	case "":
		return StatusActive
	case ReasonBounced, ReasonComplained:
		return reason
	}
	return ReasonUnsubscribed
}

// Mirror brings the status of the owner's clients with those addresses in line with the stop list. It
// leaves updated alone: nobody has edited the client.
func Mirror(tx dbx.Builder, owner string, emails []string) error {
	reasons, err := Suppressed(tx, owner, emails)
	if err != nil {
		return err
	}
	byStatus := map[string][]string{}
	for _, email := range emails {
		status := Status(reasons[email])
		byStatus[status] = append(byStatus[status], email)
	}
	for status, emails := range byStatus {
		_, err := tx.NewQuery(`
			UPDATE clients SET status = {:status}
			WHERE owner = {:owner} AND email IN (SELECT value FROM json_each({:emails})) AND status != {:status}`).
			Bind(dbx.Params{"owner": owner, "status": status, "emails": jsonArray(emails)}).
			Execute()
		if err != nil {
			return fmt.Errorf("mirror the stop list: %w", err)
		}
	}
	return nil
}

// MirrorDomain is Mirror for all clients of the owner at a domain. It reads all of the owner's
// addresses: half a second for a million.
func MirrorDomain(tx dbx.Builder, owner, domain string) error {
	return mirrorPages(tx, owner, `email LIKE {:end} ESCAPE '\'`, dbx.Params{"end": `%@` + escapeLike(domain)})
}

// MirrorAll is Mirror for all clients of the owner: for an erased address, which names none.
func MirrorAll(tx dbx.Builder, owner string) error {
	return mirrorPages(tx, owner, "TRUE", dbx.Params{})
}

func mirrorPages(tx dbx.Builder, owner, where string, params dbx.Params) error {
	params["owner"], params["after"] = owner, ""
	for {
		// idx_clients_launch, in its order.
		var emails []string
		err := tx.NewQuery(fmt.Sprintf(`
			SELECT email FROM clients WHERE owner = {:owner} AND email > {:after} AND %s
			ORDER BY email LIMIT %d`, where, mirrorPage)).
			Bind(params).Column(&emails)
		if err != nil {
			return fmt.Errorf("find the clients to mirror: %w", err)
		}
		if len(emails) == 0 {
			return nil
		}
		if err := Mirror(tx, owner, emails); err != nil {
			return err
		}
		params["after"] = emails[len(emails)-1]
	}
}

// escapeLike makes a text stand for itself in a LIKE with ESCAPE '\'.
func escapeLike(s string) string {
	escaped := make([]rune, 0, len(s))
	for _, r := range s {
		if r == '%' || r == '_' || r == '\\' {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, r)
	}
	return string(escaped)
}
