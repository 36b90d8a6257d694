package middleware

import (
	"errors"
	"sync/atomic"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/expansion"
)

// batchAnswers is how many bytes of records the answer to a batch has at most. PocketBase holds it in memory as
// text, as values and as text again.
const batchAnswers = 16 << 20

// BindBatchAnswers bounds the answer to a batch: a hundred changes of the longest messages, by a request of a few
// kilobytes, had an answer of 200 MB. Superusers are exempt.
func BindBatchAnswers(app core.App) { bindBatchAnswersWithin(app, batchAnswers) }

// bindBatchAnswersWithin is BindBatchAnswers with another limit, in bytes.
func bindBatchAnswersWithin(app core.App, limit int64) {
	app.OnBatchRequest().BindFunc(func(e *core.BatchRequestEvent) error {
		if e.HasSuperuserAuth() {
			return e.Next()
		}
		app := e.App
		defer func() { e.App = app }()
		e.App = &batchApp{App: app, left: new(atomic.Int64)}
		e.App.(*batchApp).left.Store(limit)
		return e.Next()
	})
	app.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		// What is expanded in a record is enriched by itself.
		batch, is := e.App.(*batchApp)
		if is && batch.left.Add(-expansion.Length(e.Record)) < 0 {
			message := request.AsSentence(errBatchAnswers.Error())
			return apis.NewBadRequestError(message, request.Refuse("requests", "answers_too_large", message))
		}
		return nil
	})
}

var errBatchAnswers = errors.New("the answers to these requests are too long together: send fewer of them at once")

// batchApp is the application during a batch. The records in the answers take from what is left, in bytes.
type batchApp struct {
	core.App
	left *atomic.Int64
}

// RunInTransaction implements core.App: in the transaction of the batch the same bytes are left.
func (a *batchApp) RunInTransaction(fn func(core.App) error) error {
	return a.App.RunInTransaction(func(tx core.App) error {
		return fn(&batchApp{App: tx, left: a.left})
	})
}
