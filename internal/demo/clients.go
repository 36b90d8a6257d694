package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// person is a client of a shop.
type person struct {
	id              string
	email, fullName string
	comment         string
	attributes      map[string]any
	created         time.Time
	lists           []string // keys of the lists that the client is on
}

// guest is a client whose address the demo's mail server does not simply accept (outbox.DemoRules, outbox.DemoReturns).
type guest struct {
	fullName, email string
	days            int // since the client was added
}

// crowd makes the clients of a shop, the oldest first.
type crowd struct {
	*rand.Rand
	shop  *shop
	now   time.Time
	ids   *ids
	taken map[string]bool // addresses
}

func (c *crowd) people() []person {
	made := make([]person, 0, c.shop.clients+len(c.shop.guests))
	for range c.shop.clients {
		made = append(made, c.person())
	}
	for _, g := range c.shop.guests {
		p := person{
			fullName: g.fullName, email: g.email, attributes: c.shop.attributes(c),
			created: c.now.AddDate(0, 0, -g.days).Add(-c.minutes(600)), lists: []string{c.shop.lists[0].key},
		}
		c.join(&p, c.shop.lists[1:])
		made = append(made, p)
	}
	sortByTime(made)
	for i := range made {
		made[i].id = c.ids.at(made[i].created)
	}
	return made
}

func (c *crowd) person() person {
	p := person{attributes: c.shop.attributes(c)}
	p.fullName, p.email = c.name()
	// More clients were added lately than in the beginning.
	ago := math.Pow(c.Float64(), 1.3) * float64(c.shop.age)
	p.created = c.now.Add(-time.Duration(ago) - c.minutes(900))
	if c.Float64() < 0.06 {
		p.fullName = "" // came with nothing but an address
	}
	if c.Float64() < 0.05 {
		p.comment = pick(c, c.shop.comments)
	}
	c.join(&p, c.shop.lists)
	return p
}

// join subscribes a client to lists.
func (c *crowd) join(p *person, lists []list) {
	for _, l := range lists {
		if c.Float64() < l.share(p) {
			p.lists = append(p.lists, l.key)
		}
	}
}

// name invents a full name and a new address.
func (c *crowd) name() (fullName, email string) {
	first, sex := pick(c, c.shop.names.women), 0
	if c.Float64() < 0.45 {
		first, sex = pick(c, c.shop.names.men), 1
	}
	last := pick(c, c.shop.names.surnames)[sex]
	local := []string{
		first.typed + "." + last.typed,
		first.typed[:1] + "." + last.typed,
		last.typed + "." + first.typed,
		first.typed + last.typed[:1] + fmt.Sprint(65+c.IntN(35)),
		last.typed + fmt.Sprint(1960+c.IntN(46)),
	}[min(c.IntN(7), 4)]
	switch n := c.IntN(200); { // addresses that the mail server refuses or returns: outbox.DemoRules, outbox.DemoReturns
	case n < 5:
		local = "bounce." + local
	case n < 7:
		local += ".full"
	case n < 9:
		local += ".former"
	case n < 10:
		local += ".quota"
	}
	host := c.weighted(c.shop.names.domains)
	email = local + "@" + host
	for n := 2; c.taken[email]; n++ {
		email = fmt.Sprint(local, n, "@", host)
	}
	c.taken[email] = true
	return first.shown + " " + last.shown, email
}

// weighted chooses a value by its weight.
func (c *crowd) weighted(values []weighted) string {
	sum := 0
	for _, v := range values {
		sum += v.weight
	}
	n := c.IntN(sum)
	for _, v := range values {
		if n < v.weight {
			return v.value
		}
		n -= v.weight
	}
	panic("the weights have been summed up wrong")
}

// birthday is a date; one in nine clients has none.
func (c *crowd) birthday() (string, bool) {
	if c.IntN(9) == 0 {
		return "", false
	}
	return time.Date(1955+c.IntN(50), time.Month(1+c.IntN(12)), 1+c.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), true
}

// minutes is a random time of at most so many minutes.
func (c *crowd) minutes(most int) time.Duration {
	return time.Duration(c.IntN(most*60_000)) * time.Millisecond
}

func pick[T any](c *crowd, from []T) T { return from[c.IntN(len(from))] }
