package transactional

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/excerpt"
	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// insert writes a call and its recipients, and returns the number of its contents.
func insert(db dbx.Builder, a *accepting) (no int64, err error) {
	letter, err := json.Marshal(&a.content)
	if err != nil {
		return 0, err
	}
	stamp := database.Stamp(a.now)
	err = db.NewQuery(`
		INSERT INTO contents (mailing, owner, sender, letter, last, return_key)
		VALUES ({:id}, {:owner}, {:sender}, {:letter}, {:total}, randomblob(16)) RETURNING no`).
		Bind(dbx.Params{"id": a.id, "owner": a.Owner, "sender": a.Sender, "letter": string(letter), "total": len(a.To)}).Row(&no)
	if err != nil {
		return 0, err
	}
	recipients, data, most := []byte{'['}, []byte{'['}, 0
	emails := make([]string, len(a.To))
	for i, to := range a.To {
		emails[i] = to.Email
		recipients = append(database.AppendString(fmt.Appendf(append(recipients, '['), "%d,", i+1), to.Email), ']', ',')
		if to.FullName == "" && len(to.Data) == 0 {
			continue
		}
		raw := []byte{}
		if len(to.Data) > 0 {
			if raw, err = json.Marshal(to.Data); err != nil {
				return 0, err
			}
		}
		most = max(most, len(raw))
		data = database.AppendString(fmt.Appendf(append(data, '['), "%d,", i+1), to.FullName)
		data = append(database.AppendString(append(data, ','), string(raw)), ']', ',')
	}
	eightBit := false
	if a.Written != nil {
		eightBit = a.Written.EightBit
	}
	params := dbx.Params{
		"eightBit": eightBit,
		"no":       no, "id": a.id, "owner": a.Owner, "sender": a.Sender, "source": string(a.Source),
		"subject": excerpt.Of(a.content.Subject, MaxSubject), "from": a.content.FromEmail, "addresses": strings.Join(emails, " "),
		"total": len(a.To), "bytes": len(letter) + most, "files": a.files, "now": stamp,
		"first": no << mailing.IDBits, "recipients": database.CloseArray(recipients), "data": database.CloseArray(data),
		"key": a.Key, "hash": a.hash[:], "created": a.now.UnixMilli(),
	}
	statements := []string{
		`
		INSERT INTO transactional (no, id, owner, sender, source, subject, from_email, addresses, total, waiting, bytes, files, eight_bit, created)
		VALUES ({:no}, {:id}, {:owner}, {:sender}, {:source}, {:subject}, {:from}, {:addresses}, {:total}, {:total}, {:bytes}, {:files}, {:eightBit}, {:now})`, `
		INSERT INTO recipients (id, mailing, client, email)
		SELECT {:first} + (value ->> 0), {:id}, '', value ->> 1 FROM json_each({:recipients})`,
	}
	if len(data) > 1 {
		statements = append(statements, `
			INSERT INTO transactional_data (recipient, full_name, data)
			SELECT {:first} + (value ->> 0), value ->> 1, value ->> 2 FROM json_each({:data})`)
	}
	if a.Key != "" {
		statements = append(statements, `
			INSERT OR REPLACE INTO transactional_keys (owner, key, hash, no, created) VALUES ({:owner}, {:key}, {:hash}, {:no}, {:created})`)
	}
	for _, statement := range statements {
		if _, err := db.NewQuery(statement).Bind(params).Execute(); err != nil {
			return 0, err
		}
	}
	return no, nil
}

// recipientID is the id of the recipient at a position of a call, as programs see it.
func recipientID(no int64, position int) string {
	return mailing.AttemptID(no<<mailing.IDBits+int64(position)+1, 0)
}

// known returns the answer to an earlier call with the key of a call. Only if there is one, the call is hashed.
func (s *Service) known(a *accepting) (answer Accepted, found bool, err error) {
	if found, err = s.Answered(a.Owner, a.Key); err != nil {
		return answer, false, err
	}
	if !found {
		return answer, false, nil
	}
	if err := a.hashKeyed(); err != nil {
		return answer, false, err
	}
	return answered(s.app.ConcurrentDB(), a.Owner, a.Key, a.hash, a.now)
}

// answered returns the answer to an earlier call with the same key; found is false if there was none within KeysKept. It fails
// with a *denial.Error if that call asked for something else.
func answered(db dbx.Builder, owner, key string, hash [32]byte, now time.Time) (answer Accepted, found bool, err error) {
	var known []struct {
		Hash []byte `db:"hash"`
		No   int64  `db:"no"`
		Call string `db:"call"`
	}
	err = db.NewQuery(`
		SELECT k.hash, k.no, COALESCE(t.id, '') AS call FROM transactional_keys k LEFT JOIN transactional t ON t.no = k.no
		WHERE k.owner = {:owner} AND k.key = {:key} AND k.created > {:since}`).
		Bind(dbx.Params{"owner": owner, "key": key, "since": now.Add(-KeysKept).UnixMilli()}).All(&known)
	if err != nil {
		return answer, false, fmt.Errorf("look for an earlier call: %w", err)
	}
	if len(known) == 0 {
		return answer, false, nil
	}
	if string(known[0].Hash) != string(hash[:]) {
		return answer, false, denial.New(http.StatusConflict, "key_used", "idempotency_key",
			"the Idempotency-Key was used within %d hours for another request: use a new key for each e-mail", int(KeysKept.Hours()))
	}
	answer = Accepted{ID: known[0].Call, Recipients: []AcceptedRecipient{}}
	var rows []struct {
		ID    int64  `db:"id"`
		Email string `db:"email"`
	}
	first, last := mailing.IDRange(known[0].No)
	err = db.NewQuery(`SELECT id, email FROM recipients WHERE id BETWEEN {:first} AND {:last} ORDER BY id`).
		Bind(dbx.Params{"first": first, "last": last}).All(&rows)
	if err != nil {
		return answer, false, fmt.Errorf("read an earlier call: %w", err)
	}
	for _, r := range rows {
		answer.Recipients = append(answer.Recipients, AcceptedRecipient{mailing.AttemptID(r.ID, 0), r.Email})
	}
	return answer, true, nil
}

// Left is how many e-mails an owner may send today. It fails with a *denial.Error if that is none.
func (s *Service) Left(owner string) (int, error) {
	db := s.app.ConcurrentDB()
	if err := mailing.MaySend(db, owner); err != nil {
		return 0, err
	}
	return quotaLeft(db, owner, 1, time.Now())
}

// Answered reports whether a call of the owner with that key was taken in within KeysKept.
func (s *Service) Answered(owner, key string) (known bool, err error) {
	err = s.app.ConcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM transactional_keys WHERE owner = {:owner} AND key = {:key} AND created > {:since})`).
		Bind(dbx.Params{"owner": owner, "key": key, "since": time.Now().Add(-KeysKept).UnixMilli()}).Row(&known)
	if err != nil {
		return false, fmt.Errorf("look for an earlier call: %w", err)
	}
	return known, nil
}

// quotaLeft is what the quota leaves the owner on the UTC day. It fails with a *denial.Error if that is fewer than n.
func quotaLeft(db dbx.Builder, owner string, n int, now time.Time) (left int, err error) {
	var quota, used int
	err = db.NewQuery(`
		SELECT u.transactional_quota, COALESCE((SELECT mails FROM transactional_usage WHERE owner = u.id AND day = {:day}), 0)
		FROM users u WHERE u.id = {:owner}`).
		Bind(dbx.Params{"owner": owner, "day": limit.UTCDay(now)}).Row(&quota, &used)
	switch {
	case err != nil:
		return 0, fmt.Errorf("read the quota of owner %s: %w", owner, err)
	case quota <= 0:
		return 0, denial.New(http.StatusForbidden, "no_transactional_quota", "to",
			"you may not send transactional e-mails yet: a manager has to grant you a number of them a day (transactional_quota)")
	case used+n > quota:
		return quota - used, denial.New(http.StatusTooManyRequests, "transactional_quota", "to",
			"you may send %d transactional e-mails a day, and %d of today are used: the next day begins at midnight UTC", quota, used)
	}
	return quota - used, nil
}

// takeQuota counts n e-mails of the UTC day against the quota of the owner.
func takeQuota(db dbx.Builder, owner string, n int, now time.Time) error {
	if _, err := quotaLeft(db, owner, n, now); err != nil {
		return err
	}
	_, err := db.NewQuery(`
		INSERT INTO transactional_usage (owner, day, mails) VALUES ({:owner}, {:day}, {:n})
		ON CONFLICT (owner, day) DO UPDATE SET mails = mails + excluded.mails`).
		Bind(dbx.Params{"owner": owner, "day": limit.UTCDay(now), "n": n}).Execute()
	if err != nil {
		return fmt.Errorf("count %d e-mails of owner %s: %w", n, owner, err)
	}
	return nil
}
