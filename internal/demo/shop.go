package demo

import (
	"slices"
	"time"
)

// shop is all that makes one owner's data different from another's.
type shop struct {
	owner    string // address of the user
	language string // of the letters
	zone     string // in which mailings are planned
	prefix   string // of ids, two characters
	seed     uint64
	names    names

	fromName, fromEmail, replyTo string
	senderName                   string

	clients    int
	age        time.Duration // since the first client came
	attributes func(c *crowd) map[string]any
	comments   []string
	guests     []guest

	lists   []list // the first is the one that guests are on
	filters []savedFilter
	stops   []stop
	past    []past
	planned []plan
}

// list is a named group of clients.
type list struct {
	key, name, description string
	public, doubleOptIn    bool
	share                  func(p *person) float64 // how likely a client is on it
}

// savedFilter is a filter over clients.
type savedFilter struct{ name, filter string }

// stop is an entry of the stop list that no mailing made.
type stop struct {
	kind, value, note string
	days              int
}

// past is a mailing that was sent.
type past struct {
	name, letter string
	list         string // key; "" is everyone
	filter       string
	days         int // ago
	hour, minute int // in the shop's time zone
	end          ending
	unsubscribes int  // how many left because of it
	complains    bool // somebody called it spam
}

// ending is how a mailing ended.
type ending int

const (
	toTheEnd  ending = iota // completed
	settled                 // completed, and its owner took the uncertain as sent
	cancelled               // in the middle
	paused                  // in the middle, and still is
)

// plan is a mailing that is still to come: a draft when days is 0.
type plan struct {
	name, letter, list, filter string
	days, hour                 int
}

func sortByTime(people []person) {
	slices.SortStableFunc(people, func(a, b person) int { return a.created.Compare(b.created) })
}

// often is the same share for everybody.
func often(share float64) func(*person) float64 { return func(*person) float64 { return share } }

// whose is the share for those with that attribute; nobody else is on the list.
func whose(attribute string, share float64, values ...any) func(*person) float64 {
	return func(p *person) float64 {
		if slices.Contains(values, p.attributes[attribute]) {
			return share
		}
		return 0
	}
}
