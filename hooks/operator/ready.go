// Package operator has the routes of whoever runs the instance: ready, health, backups.
package operator

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/delivery"
)

// notReady are the words for strangers about why nobody sends. What exactly is wrong is in the log and in /api/gonets/health.
var notReady = map[string]string{
	delivery.StateStopped:  "The service is being stopped.",
	delivery.StateStarting: "The service is starting.",
	delivery.StateDatabase: "The database cannot be written or read.",
	delivery.StateEpoch:    "It is not known whether the database is an old copy.",
	delivery.StateLock:     "The lock of the data folder cannot be opened.",
	delivery.StateFailed:   "Sending cannot begin.",
}

// Ready says which process sends.
type Ready struct {
	Sending delivery.Place `json:"sending"`
}

// BindReady adds GET /api/gonets/ready, for load balancers and containers: 200 {sending: "here" or "elsewhere"}, or 503 with the
// code of the reason why no process sends. It reads memory only, so a stranger can ask for it as often as for anything else.
func BindReady(app core.App, engine *delivery.Engine) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/ready", func(e *core.RequestEvent) error {
			e.Response.Header().Set("Cache-Control", "no-store")
			state := engine.State()
			if state.Sending != delivery.Nowhere {
				return e.JSON(http.StatusOK, Ready{state.Sending})
			}
			words := notReady[state.Code]
			return e.Error(http.StatusServiceUnavailable, words, request.Refuse("sending", state.Code, words))
		})
		return e.Next()
	})
}
