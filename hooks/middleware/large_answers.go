package middleware

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"

	"gonets/hooks/request"
	"gonets/internal/expansion"
	"gonets/internal/parallel"
)

const (
	// LargeFrom is how many bytes of records make an answer a large one.
	LargeFrom = 2 << 20
	// LargeAtOnce is how many large answers are made at the same time, and largePage how many bytes of records
	// each has at most, unless one record alone has more.
	LargeAtOnce = 2
	largePage   = 16 << 20
	// freedFrom is how many bytes of records, if they were measured, have the memory of an answer be given back
	// at once.
	freedFrom = 8 << 20

	largeAnswerKey = "gonets.largeAnswer"
)

// ClientsRoute is the pattern of the route that lists clients.
const ClientsRoute = "GET /api/gonets/clients"

// LongestWait is how long a request waits for memory. Its answer tells of less than that in Retry-After, because
// whoever tries again has waited already.
const LongestWait = 45 * time.Second

// longRecords are the collections whose records can be long, with how many bytes one has at most; 0 where it is
// worth while to ask the database.
var longRecords = map[string]int64{"messages": 0, "clients": 24 << 10, "mailings": 24 << 10}

// BindLargeAnswers bounds what lists and expansions hold in memory, because PocketBase makes an answer as a whole.
// A user gets one large answer after the other. Superusers are exempt.
func BindLargeAnswers(app core.App) { BindLargeAnswersWithin(app, largePage) }

func BindLargeAnswersWithin(app core.App, page int64) {
	answers := &LargeAnswers{Users: parallel.NewLocks(), Free: make(chan struct{}, LargeAtOnce)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.HasSuperuserAuth() || !readsRecords(r) {
				return r.Next()
			}
			large := &LargeAnswer{ResponseWriter: r.Response, Of: answers}
			defer large.End()
			if r.Auth != nil { // guests together are nobody in particular
				large.User = r.Auth.Id
				if err := boundedPage(r, large, page); err != nil {
					return err
				}
			}
			r.Response = large
			r.Set(largeAnswerKey, large)
			return r.Next()
		})
		return e.Next()
	})
}

// readsRecords says whether the request lists records or reads one, by GET or by HEAD.
func readsRecords(r *core.RequestEvent) bool {
	return isRecordsList(r) || r.Request.Pattern == "GET /api/collections/{collection}/records/{id}" || r.Request.Pattern == ClientsRoute
}

// boundedPage makes a page smaller whose records may be too long, and waits where it is large all the same.
func boundedPage(r *core.RequestEvent, large *LargeAnswer, limit int64) error {
	name := "clients"
	if isRecordsList(r) {
		collection, err := r.App.FindCachedCollectionByNameOrId(r.Request.PathValue("collection"))
		if err != nil {
			return nil // PocketBase answers
		}
		name = collection.Name
	} else if r.Request.Pattern != ClientsRoute {
		return nil
	}
	longest, is := longRecords[name]
	if !is {
		return nil
	}
	query := r.Request.URL.Query()
	wanted := request.PageOf(query).PerPage
	bytes := int64(wanted) * longest
	if longest == 0 {
		most, sum, err := longestPage(r, name, wanted, limit)
		if err != nil {
			return r.InternalServerError("", err)
		}
		if bytes = sum; most < wanted {
			if _, err := r.RequestInfo(); err != nil { // which tells of the request as it was asked
				return nil
			}
			query.Set(search.PerPageQueryParam, strconv.Itoa(most))
			r.Request.URL.RawQuery = query.Encode()
		}
	}
	if err := large.Begin(r.Request.Context(), bytes); err != nil {
		return err
	}
	large.measured = longest == 0
	return nil
}

// longestPage is how many of the wanted records fit into a page, if it has the longest ones, and their bytes.
func longestPage(r *core.RequestEvent, name string, wanted int, limit int64) (most int, sum int64, err error) {
	collection, err := r.App.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return 0, 0, err
	}
	owner := ""
	if !request.IsManager(r.Auth) {
		owner = r.Auth.Id
	}
	var sizes []int64
	err = r.App.ConcurrentDB().
		NewQuery(`SELECT ` + expansion.Size(r.App, collection) + ` AS bytes FROM {{` + name + `}} WHERE {:owner} IN ('', owner) ORDER BY bytes DESC LIMIT {:most}`).
		WithContext(r.Request.Context()).Bind(dbx.Params{"owner": owner, "most": wanted}).Column(&sizes)
	if err != nil {
		return 0, 0, fmt.Errorf("measure a page of %s: %w", name, err)
	}
	for most, size := range sizes {
		if most > 0 && sum+size > limit {
			return most, sum, nil
		}
		sum += size
	}
	return wanted, sum, nil
}

// LargeAnswers are those that are made now. Safe for concurrent use.
type LargeAnswers struct {
	Users *parallel.Locks
	Free  chan struct{} // has one for each answer that is made
}

// LargeAnswer is the answer to one request, and how it is written.
type LargeAnswer struct {
	http.ResponseWriter
	Of   *LargeAnswers
	User string

	bytes    int64  // of its records
	measured bool   // and not only what they may have at most
	unlock   func() // of the user; nil while the answer is not large
	made     sync.Once
}

// Begin waits until an answer of so many bytes may be made.
func (l *LargeAnswer) Begin(ctx context.Context, bytes int64) error {
	if bytes < LargeFrom || l.unlock != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, LongestWait)
	defer cancel()
	unlock, err := l.Of.Users.Lock(ctx, l.User)
	if err != nil {
		return tooManyLarge()
	}
	select {
	case l.Of.Free <- struct{}{}:
		l.unlock, l.bytes = unlock, bytes
		return nil
	case <-ctx.Done():
		unlock()
		return tooManyLarge()
	}
}

// TryBegin is begin for who must not wait.
func (l *LargeAnswer) TryBegin(bytes int64) error {
	if bytes < LargeFrom || l.unlock != nil {
		return nil
	}
	unlock, ok := l.Of.Users.TryLock(l.User)
	if !ok {
		return tooManyLarge()
	}
	select {
	case l.Of.Free <- struct{}{}:
		l.unlock, l.bytes, l.measured = unlock, bytes, true
		return nil
	default:
		unlock()
		return tooManyLarge()
	}
}

func tooManyLarge() error {
	const message = "Too many long answers are being made. Ask for fewer records, or try again in half a minute."
	return apis.NewTooManyRequestsError(message, request.Refuse("request", "answers_busy", message))
}

// Write implements http.ResponseWriter. The first time, the answer is made: PocketBase writes it at once. How long
// that takes is for whoever reads it to say, so others no longer wait.
func (l *LargeAnswer) Write(p []byte) (int, error) {
	l.leave()
	return l.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (l *LargeAnswer) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *LargeAnswer) leave() {
	if l.unlock != nil {
		l.made.Do(func() { <-l.Of.Free })
	}
}

// End ends the answer, also one that was never begun.
func (l *LargeAnswer) End() {
	if l.leave(); l.unlock != nil {
		if l.measured && l.bytes > freedFrom {
			debug.FreeOSMemory() // the next one would come on top of what this one leaves to the garbage collector
		}
		l.unlock()
	}
}
