package demo

import (
	"slices"
	"time"
)

// shop has everything that is specific to one owner's data.
type shop struct {
	owner    string // address of the user
	language string // of the messages
	zone     string // time zone of its mailings
	prefix   string // of ids, two characters
	seed     uint64
	names    names

	fromName, fromEmail, replyTo string
	senderName, returnPath       string
	colour, postalAddress, site  string // of the brand

	clients    int
	age        time.Duration // since the first client was added
	attributes func(c *crowd) map[string]any
	comments   []string
	guests     []guest

	lists   []list // guests are on the first one
	filters []savedFilter
	stops   []stop
	past    []past
	planned []plan
	form    form
}

// list is a named group of clients.
type list struct {
	key, name, description string
	public, doubleOptIn    bool
	share                  func(p *person) float64 // the probability that a client is on it
}

// savedFilter is a filter over clients.
type savedFilter struct{ name, filter string }

// stop is an entry of the stop list that no mailing added.
type stop struct {
	kind, value, note string
	days              int
}

// past is a mailing that was sent.
type past struct {
	name, message string
	list          string // key; "" is everyone
	filter        string
	days          int // ago
	hour, minute  int // in the shop's time zone
	end           ending
	unsubscribes  int // how many unsubscribe because of it
}

// ending is how a mailing ended.
type ending int

const (
	toTheEnd  ending = iota // completed
	settled                 // completed, and its owner marked the uncertain ones as sent
	cancelled               // in the middle
	paused                  // in the middle, until now
)

// plan is a mailing of the future: a draft when days is 0.
type plan struct {
	name, message, list, filter string
	days, hour                  int
}

func sortByTime(people []person) {
	slices.SortStableFunc(people, func(a, b person) int { return a.created.Compare(b.created) })
}

// often is the same share for all clients.
func often(share float64) func(*person) float64 { return func(*person) float64 { return share } }

// whose is the share for clients with that attribute, and 0 for others.
func whose(attribute string, share float64, values ...any) func(*person) float64 {
	return func(p *person) float64 {
		if slices.Contains(values, p.attributes[attribute]) {
			return share
		}
		return 0
	}
}
