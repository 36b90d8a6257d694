package middleware

import (
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// BindFailures makes failures visible to clients: an answer that fails in the middle closes the connection without a proper
// end, and an error of the server is answered with 500 and logged, whatever status PocketBase or a handler chose.
func BindFailures(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(
			&hook.Handler[*core.RequestEvent]{
				Id:       "gonetsBrokenAnswers",
				Priority: apis.DefaultActivityLoggerMiddlewarePriority - 2, // around all that may write or log
				Func:     breakUnfinished,
			},
			&hook.Handler[*core.RequestEvent]{
				Id:       "gonetsInternalFailures",
				Priority: apis.DefaultPanicRecoverMiddlewarePriority + 1, // within the log
				Func:     nameInternal,
			},
		)
		return e.Next()
	})
}

// breakUnfinished breaks the connection when a handler of Gonets failed after it had begun to write: the status is sent, and
// with a proper end the client would take the part for the whole. PocketBase's own routes write their answers in one piece,
// or with their length, and may return an error after that.
func breakUnfinished(e *core.RequestEvent) error {
	err := e.Next()
	if err == nil || !e.Written() || !strings.HasPrefix(e.Request.URL.Path, "/api/gonets/") {
		return err
	}
	if e.Request.Context().Err() == nil { // otherwise the client has left
		e.App.Logger().Error("an answer broke off", "path", e.Request.URL.Path, "error", err)
	}
	if !e.Request.ProtoAtLeast(1, 1) {
		reset(e.Response)
	}
	// HTTP/1.1: the last chunk never comes. HTTP/2: the stream is reset.
	panic(http.ErrAbortHandler)
}

// reset resets the connection. In HTTP/1.0 the end of the connection is the proper end of an answer.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	plain := conn
	if encrypted, ok := conn.(*tls.Conn); ok {
		plain = encrypted.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = plain.Close()
}

// nameInternal answers 500 for errors of the server.
func nameInternal(e *core.RequestEvent) error {
	err := e.Next()
	if err == nil || !isInternal(e.Request, err) {
		return err
	}
	return e.InternalServerError("", err)
}

// isInternal reports whether a request failed because of the server and not because of what was sent. PocketBase
// answers 400 for any error of a save, and 404 when a record could not be read.
func isInternal(r *http.Request, err error) bool {
	var answer *router.ApiError
	if !errors.As(err, &answer) {
		// PocketBase makes 404 of these two, and 400 of all others.
		return !errors.Is(err, sql.ErrNoRows) && !errors.Is(err, fs.ErrNotExist)
	}
	if answer.Status != http.StatusBadRequest && answer.Status != http.StatusNotFound {
		return false
	}
	cause, _ := answer.RawData().(error)
	return IsServerFault(r, cause)
}

// IsServerFault reports whether err is an error of the database or of a disk, and not about what was sent.
func IsServerFault(r *http.Request, err error) bool {
	var (
		fields   validation.Errors
		database *sqlite.Error
		network  *net.OpError
		path     *fs.PathError
		link     *os.LinkError
		system   *os.SyscallError
	)
	switch {
	case err == nil:
		return false
	case errors.As(err, &fields):
		for _, of := range fields {
			if batch, ok := of.(router.SafeErrorResolver); ok {
				answer, _ := batch.Resolve(map[string]any{}).(map[string]any)
				if inner, ok := answer["response"].(*router.ApiError); ok && isInternal(r, inner) {
					return true
				}
			} else if IsServerFault(r, of) {
				return true
			}
		}
		return false
	case errors.As(err, &database):
		return ofDatabase(r, database)
	case errors.As(err, &network): // the client has left while it was sending
		return false
	case errors.As(err, &path), errors.As(err, &link), errors.As(err, &system):
		return !errors.Is(err, fs.ErrNotExist)
	}
	return errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) ||
		strings.Contains(err.Error(), "sql: database is closed") // an error without a name
}

// ofDatabase reports whether SQLite failed for another reason than a value or a filter.
func ofDatabase(r *http.Request, err *sqlite.Error) bool {
	switch code := err.Code(); code & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		return code != sqlite3.SQLITE_CONSTRAINT_UNIQUE && code != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	case sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG:
		return false
	case sqlite3.SQLITE_ERROR:
		// The filter of a reading request may be too complex for SQLite: too deep, too many values.
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		return !reads || strings.Contains(err.Error(), "no such ")
	}
	return true
}
