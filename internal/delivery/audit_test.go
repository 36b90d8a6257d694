package delivery

import (
	"time"
)

// try is one attempt as a table of tests names it.
type try struct {
	status   string
	code     int
	enhanced string
	n        int // which try of the recipient it was
}

// tries are the attempts of one recipient as a table of tests names them.
func (w *world) tries(id, email string) []try {
	w.T.Helper()
	var tries []try
	for _, a := range w.Attempts(id)[email] {
		tries = append(tries, try{a.Status, a.Code, a.Enhanced, a.Try})
	}
	return tries
}

// hurried has an engine leave a server in trouble alone for a moment only, however often it strikes.
func hurried(e *Engine) { e.pause = time.Microsecond }

// nervous has an engine wait for no answer longer than a second, for those tests whose server stalls.
func nervous(e *Engine) {
	e.timeouts.Greeting, e.timeouts.Command, e.timeouts.Final = time.Second, time.Second, time.Second
}
