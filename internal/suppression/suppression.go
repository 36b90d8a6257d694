// Package suppression keeps the stop list: who must not be mailed by an owner and why, its mirror in clients.status, and
// the links in mails by which recipients unsubscribe, with their tokens and the keys of those.
package suppression

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/excerpt"
	"gonets/internal/keyedhash"
)

// The reasons of a suppression: the values of suppressions.reason.
const (
	ReasonUnsubscribed = "unsubscribed" // the person opted out
	ReasonBounced      = "bounced"      // the mail server says that there is no such address
	ReasonComplained   = "complained"   // the person called a mail spam
	ReasonManual       = "manual"       // the owner decided so
	ReasonPaused       = "paused"       // the person wants no e-mails for a while; suppressions.until says how long
)

// StatusActive is the clients.status of who may be mailed.
const StatusActive = "active"

// Reasons returns the addresses that the owner must not mail, with the reason: those on the stop
// list themselves, those whose domain is (exactly: example.com does not include mail.example.com), and
// those that were erased and are stored as keyed hashes only. The addresses are normalised ones.
func Reasons(db dbx.Builder, owner string, emails []string) (map[string]string, error) {
	reasons := map[string]string{}
	if len(emails) == 0 {
		return reasons, nil
	}
	if err := erased(db, owner, emails, reasons); err != nil {
		return nil, err
	}

	var found []struct {
		Email  string `db:"email"`
		Reason string `db:"reason"`
	}
	err := db.NewQuery(suppressedSQL).Bind(dbx.Params{"owner": owner, "emails": database.JSONArray(emails)}).All(&found)
	if err != nil {
		return nil, fmt.Errorf("look up the stop list: %w", err)
	}
	for _, f := range found { // the entry of the address itself comes last and has priority
		reasons[f.Email] = f.Reason
	}
	return reasons, nil
}

// ReasonsFor is Reasons for mailings, or for transactional e-mails: those reach who has unsubscribed from mailings, with an
// entry of their own address, but not whose domain is on the list or who was erased.
func ReasonsFor(db dbx.Builder, owner string, emails []string, transactional bool) (map[string]string, error) {
	reasons, err := Reasons(db, owner, emails)
	if err != nil || !transactional || len(reasons) == 0 {
		return reasons, err
	}
	stopped := make([]string, 0, len(reasons))
	for email := range reasons {
		stopped = append(stopped, email)
	}
	held := map[string]string{}
	if err := erased(db, owner, stopped, held); err != nil {
		return nil, err
	}
	var found []struct {
		Email  string `db:"email"`
		Reason string `db:"reason"`
	}
	params := dbx.Params{"owner": owner, "emails": database.JSONArray(stopped)}
	if err := db.NewQuery(transactionalSQL).Bind(params).All(&found); err != nil {
		return nil, fmt.Errorf("look up the stop list: %w", err)
	}
	for _, f := range found {
		held[f.Email] = f.Reason
	}
	return held, nil
}

// transactionalSQL is suppressedSQL with the reasons of an address that hold for transactional e-mails too.
const transactionalSQL = suppressedSQL + ` AND s.reason IN ('bounced', 'complained', 'manual')`

// suppressedSQL looks each address up twice in idx_suppressions_owner_kind_value. SQLite keeps the order
// of a CROSS JOIN; otherwise it would read the whole stop list, and the addresses again for each entry.
const suppressedSQL = `
	SELECT e.value AS email, s.reason AS reason
	FROM json_each({:emails}) e CROSS JOIN suppressions s
	WHERE s.owner = {:owner} AND s.kind = 'domain' AND s.value = substr(e.value, instr(e.value, '@') + 1)
	UNION ALL
	SELECT e.value, s.reason
	FROM json_each({:emails}) e CROSS JOIN suppressions s
	WHERE s.owner = {:owner} AND s.kind = 'address' AND s.value = e.value`

// ReasonSQL is why a client, named c, must not be mailed, and an empty text for one who may be. It reads the stop
// list, and clients.status for erased addresses, whose keyed hash SQL cannot compute. A statement reads the addresses of the
// stop list between {:after} and {:last} and its domains once, so that most clients cost two look-ups in memory.
const ReasonSQL = `CASE
	WHEN c.email IN (
		SELECT value FROM suppressions
		WHERE owner = {:owner} AND kind = 'address' AND value > {:after} AND value <= {:last}
	) THEN (SELECT reason FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = c.email)
	WHEN substr(c.email, instr(c.email, '@') + 1) IN (
		SELECT value FROM suppressions WHERE owner = {:owner} AND kind = 'domain'
	) THEN (SELECT reason FROM suppressions WHERE owner = {:owner} AND kind = 'domain' AND value = substr(c.email, instr(c.email, '@') + 1))
	ELSE ` + MirroredReasonSQL + `
END`

// MirroredReasonSQL is ReasonSQL for clients of whom the stop list names none, neither by address nor by domain.
const MirroredReasonSQL = `CASE WHEN c.status NOT IN ('', 'active') THEN c.status ELSE '' END`

// erasedSQL is the same for hashes.
const erasedSQL = `
	SELECT s.value FROM json_each({:hashes}) h CROSS JOIN suppressions s
	WHERE s.owner = {:owner} AND s.kind = 'erased' AND s.value = h.value`

// erased adds the addresses whose hash is on the stop list, as unsubscribed.
func erased(db dbx.Builder, owner string, emails []string, reasons map[string]string) error {
	var any []int
	err := db.NewQuery(`SELECT 1 FROM suppressions WHERE owner = {:owner} AND kind = 'erased' LIMIT 1`).
		Bind(dbx.Params{"owner": owner}).Column(&any)
	if err != nil {
		return fmt.Errorf("look for erased addresses: %w", err)
	}
	if len(any) == 0 {
		return nil
	}
	key, err := readSecret(db, secretErased)
	if err != nil || key == nil { // without the key no address was ever erased here
		return err
	}

	keyed := keyedhash.New(key)
	hashes, of := make([]string, len(emails)), make(map[string]string, len(emails))
	for i, email := range emails {
		hashes[i] = erasedHash(keyed, owner, email)
		of[hashes[i]] = email
	}
	var found []string
	err = db.NewQuery(erasedSQL).Bind(dbx.Params{"owner": owner, "hashes": database.JSONArray(hashes)}).Column(&found)
	if err != nil {
		return fmt.Errorf("look up erased addresses: %w", err)
	}
	for _, hash := range found {
		reasons[of[hash]] = ReasonUnsubscribed
	}
	return nil
}

// secretErased is the name of the key of erased addresses.
const secretErased = "erased"

// ErasedValue is the value of an erased address on the stop list: its keyed hash. The address must be normalised.
func ErasedValue(app core.App, owner, email string) (string, error) {
	key, err := secret(app, secretErased)
	if err != nil {
		return "", err
	}
	return erasedHash(keyedhash.New(key), owner, email), nil
}

// IsErasedValue reports whether the text can be such a hash: 64 hexadecimal digits.
func IsErasedValue(s string) bool {
	hash, err := hex.DecodeString(s)
	return err == nil && len(hash) == sha256.Size && s == strings.ToLower(s)
}

// erasedHash is the hash of an erased address: the address can be recognised, but not read. The owner is part of it, so that
// equal addresses of two owners have different hashes.
func erasedHash(key *keyedhash.Hash, owner, email string) string {
	sum := key.Sum(owner, "\n", email)
	return hex.EncodeToString(sum[:])
}

// Add puts the address on the owner's stop list and mirrors it in the client's status. mailing
// ("" for none) and note say why. db is a transaction, or PocketBase's NonconcurrentDB: then both happen in one.
//
// An address that is on the list already keeps the stronger reason: complained, then unsubscribed, then manual, then
// bounced, then paused. So nobody who opted out is mailed again when the owner removes all bounced addresses.
func Add(db dbx.Builder, owner, email, reason, mailing, note string) error {
	return atOnce(db, func(tx dbx.Builder) error {
		_, err := tx.NewQuery(`
			INSERT INTO suppressions (id, owner, kind, value, reason, mailing, note, created, updated)
			VALUES ({:id}, {:owner}, 'address', {:email}, {:reason}, {:mailing}, {:note}, {:now}, {:now})
			ON CONFLICT (owner, kind, value) DO UPDATE SET
				reason = excluded.reason,
				-- What the owner decided is not the client's to undo: see OptOut.
				mailing = CASE suppressions.reason WHEN 'manual' THEN '' ELSE excluded.mailing END,
				note = CASE excluded.note WHEN '' THEN suppressions.note ELSE excluded.note END,
				until = '',
				updated = excluded.updated
			WHERE ` + weightSQL("excluded.reason") + ` > ` + weightSQL("suppressions.reason")).
			Bind(dbx.Params{
				"id": database.NewID(), "owner": owner, "email": email, "reason": reason,
				"mailing": mailing, "note": excerpt.Of(note, 1000), "now": database.Stamp(time.Now()),
			}).
			Execute()
		if err != nil {
			return fmt.Errorf("put %s on the stop list: %w", email, err)
		}
		return Mirror(tx, owner, []string{email})
	})
}

// RemoveBounced removes the addresses from the owner's stop list that a mailing has put there because they bounced, mirrors
// that in the clients' statuses, and returns their number. Addresses that opted out since, or were on it before, stay.
func RemoveBounced(tx dbx.Builder, owner, mailing string, emails []string) (int, error) {
	var back []string
	err := tx.NewQuery(`
		DELETE FROM suppressions
		WHERE owner = {:owner} AND kind = 'address' AND value IN (SELECT value FROM json_each({:emails}))
			AND reason = 'bounced' AND mailing = {:mailing}
		RETURNING value`).
		Bind(dbx.Params{"owner": owner, "mailing": mailing, "emails": database.JSONArray(emails)}).Column(&back)
	if err != nil {
		return 0, fmt.Errorf("take the addresses of mailing %s off the stop list: %w", mailing, err)
	}
	return len(back), Mirror(tx, owner, back)
}

func weightSQL(column string) string {
	return `CASE ` + column + ` WHEN 'complained' THEN 5 WHEN 'unsubscribed' THEN 4 WHEN 'manual' THEN 3 WHEN 'bounced' THEN 2 ELSE 1 END`
}

// atOnce runs do in a transaction: in db itself when it is one.
func atOnce(db dbx.Builder, do func(dbx.Builder) error) error {
	if pool, ok := db.(*dbx.DB); ok {
		return pool.Transactional(func(tx *dbx.Tx) error { return do(tx) })
	}
	return do(db)
}
