package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/feedback"
	"gonets/internal/secret"
	"gonets/internal/webhook"
)

// reloadEvery is how old what is known of the webhooks may be: whoever guesses keys causes no more queries than this.
const reloadEvery = 2 * time.Second

// MaxAtOnce is how many requests of one webhook are taken at the same time. Only who knows its key counts.
const MaxAtOnce = 8

// The errors of Open, beside those of the database.
var (
	// ErrUnknownHook: there is no active webhook of the provider with the key.
	ErrUnknownHook = errors.New("there is no such webhook")
	// ErrBusy: MaxAtOnce requests of the webhook are under way.
	ErrBusy = errors.New("too many reports at once")
)

// Hooks takes the reports of mail providers. It is safe for concurrent use.
type Hooks struct {
	app    core.App
	booker *feedback.Booker
	reader *webhook.Reader
	states *statuses
	probes probes

	mu     sync.Mutex
	loaded time.Time
	// byKey has the active webhooks by the hash of their keys, so that the time of a search says nothing of a key.
	byKey map[[sha256.Size]byte]hookRow
	// underWay counts the requests of each webhook.
	underWay map[string]int
}

// hookRow is a record of bounce_hooks without its secret.
type hookRow struct {
	ID       string `db:"id"`
	Provider string `db:"provider"`
	Key      string `db:"key"`
	Topic    string `db:"topic"`
}

// NewHooks returns webhooks whose reports the reader verifies. What is left to be written of their states is written when the
// application ends.
func NewHooks(app core.App, booker *feedback.Booker, reader *webhook.Reader) *Hooks {
	h := &Hooks{app: app, booker: booker, reader: reader, states: newStatuses(app, hookStatus), underWay: map[string]int{}}
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		h.states.close()
		return e.Next()
	})
	return h
}

// Hook is a webhook while a request of it is handled.
type Hook struct {
	hooks *Hooks
	row   hookRow
}

// Open finds the active webhook of a provider by its key, before anything of the request is read. It fails with ErrUnknownHook
// or ErrBusy. The hook is to be closed.
func (h *Hooks) Open(ctx context.Context, provider, key string) (*Hook, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.loaded) >= reloadEvery {
		if err := h.load(ctx); err != nil {
			return nil, err
		}
	}
	row, known := h.byKey[sha256.Sum256([]byte(key))]
	if !known || row.Provider != provider {
		return nil, ErrUnknownHook
	}
	if h.underWay[row.ID] >= MaxAtOnce {
		return nil, ErrBusy
	}
	h.underWay[row.ID]++
	return &Hook{h, row}, nil
}

func (h *Hooks) load(ctx context.Context) error {
	var rows []hookRow
	err := h.app.ConcurrentDB().NewQuery(`SELECT id, provider, key, topic FROM bounce_hooks WHERE active AND key <> ''`).WithContext(ctx).All(&rows)
	if err != nil {
		return fmt.Errorf("read the webhooks: %w", err)
	}
	h.byKey = make(map[[sha256.Size]byte]hookRow, len(rows))
	for _, row := range rows {
		h.byKey[sha256.Sum256([]byte(row.Key))] = row
	}
	h.loaded = time.Now()
	return nil
}

// Close ends the handling of a request.
func (k *Hook) Close() {
	k.hooks.mu.Lock()
	defer k.hooks.mu.Unlock()
	if k.hooks.underWay[k.row.ID]--; k.hooks.underWay[k.row.ID] <= 0 {
		delete(k.hooks.underWay, k.row.ID)
	}
}

// Take verifies a request and books its reports; it returns how many there are, those received before too. The error is one
// of webhook.Reader.Read, feedback.ErrLater, or one of the database; in all cases the provider may send the request again.
func (k *Hook) Take(ctx context.Context, q webhook.Request) (int, error) {
	h := k.hooks
	secrets, err := secret.Of(h.app, "bounce_hooks", k.row.ID)
	if err != nil {
		return 0, err
	}
	hook := webhook.Hook{Provider: webhook.Provider(k.row.Provider), Secret: secrets[secret.Shared], Topic: k.row.Topic}
	reports, err := h.reader.Read(ctx, hook, q)
	if err == nil {
		err = h.booker.Reports(ctx, k.row.ID, reports)
	}
	switch {
	case errors.Is(err, feedback.ErrLater): // it works
		h.states.note(k.row.ID, q.At, "")
	case err != nil && ctx.Err() != nil: // the provider has left
	default:
		h.states.note(k.row.ID, q.At, wordsOf(err))
	}
	return len(reports), err
}

// wordsOf says what is wrong with a request, for the operator; "" if nothing is.
func wordsOf(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, webhook.ErrSignature):
		return "A report was not signed as the provider signs: set the right secret or topic, unless it was forged. (" + err.Error() + ")"
	case errors.Is(err, webhook.ErrTooLarge):
		return "A report was too large."
	case errors.Is(err, webhook.ErrMalformed):
		return "A report could not be read: is it of this provider? (" + err.Error() + ")"
	case errors.Is(err, webhook.ErrUnavailable):
		return "The certificate of Amazon could not be fetched: the machine must reach sns.REGION.amazonaws.com. (" + err.Error() + ")"
	}
	return "A report could not be written into the database; the provider sends it again."
}
