package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/arrival"
	"gonets/internal/denial"
	"gonets/internal/feedback"
	"gonets/internal/mailbox"
	"gonets/internal/relay"
	"gonets/internal/secret"
)

// errNoMailbox says that there is no such record in mailboxes.
var errNoMailbox = denial.New(http.StatusNotFound, "no_mailbox", "mailbox", "there is no such mailbox")

// box is a record of mailboxes without its password. Two that are equal are read in the same way: updated is another one
// whenever the password was set.
type box struct {
	ID              string `db:"id"`
	Kind            string `db:"kind"`
	Host            string `db:"host"`
	Port            int    `db:"port"`
	TLS             string `db:"tls"`
	Username        string `db:"username"`
	Folder          string `db:"folder"`
	DeleteAfterDays string `db:"delete_after_days"`
	Active          bool   `db:"active"`
	Updated         string `db:"updated"`
}

// boxes reads the records of mailboxes that fit a condition.
func boxes(ctx context.Context, app core.App, where string, params dbx.Params) ([]box, error) {
	var all []box
	err := app.ConcurrentDB().NewQuery(`
		SELECT id, kind, host, port, tls, username, folder, delete_after_days, active, updated FROM mailboxes WHERE ` + where).
		WithContext(ctx).Bind(params).All(&all)
	if err != nil {
		return nil, fmt.Errorf("read the mailboxes: %w", err)
	}
	return all, nil
}

// boxOf reads one record. It fails with errNoMailbox.
func boxOf(ctx context.Context, app core.App, id string) (box, error) {
	all, err := boxes(ctx, app, `id = {:id}`, dbx.Params{"id": id})
	if err != nil {
		return box{}, err
	}
	if len(all) == 0 {
		return box{}, errNoMailbox
	}
	return all[0], nil
}

// account is how the mailbox is read.
func (b box) account(app core.App) (mailbox.Account, error) {
	secrets, err := secret.Of(app, "mailboxes", b.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return mailbox.Account{}, err
	}
	a := mailbox.Account{
		Kind: mailbox.Kind(b.Kind), Host: b.Host, Port: b.Port, TLS: relay.TLSMode(b.TLS),
		Username: b.Username, Password: secrets[secret.Password], Folder: b.Folder,
	}
	if days, err := strconv.Atoi(b.DeleteAfterDays); err == nil {
		after := time.Duration(days) * 24 * time.Hour
		a.DeleteAfter = &after
	}
	return a, nil
}

// ledger books what is read from one mailbox.
type ledger struct {
	booker *feedback.Booker
	id     string
	take   arrival.Take
}

func newLedger(booker *feedback.Booker, id string) ledger {
	return ledger{booker: booker, id: id, take: booker.Take(feedback.FromMailbox, id)}
}

// Noted is that of the booker.
func (l ledger) Noted(ctx context.Context, keys []string) (map[string]mailbox.Note, error) {
	return l.booker.Noted(ctx, l.id, keys)
}

// Take books an email.
func (l ledger) Take(ctx context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	return l.take(ctx, mail)
}
