package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/sender"
)

// CallTo is one recipient of a call.
type CallTo struct {
	Call      string // its id
	No        int64  // its number
	Several   bool   // it has more recipients
	Bytes     int64  // of its content
	Recipient int64
	Email     string
	MessageID string // local part
}

const (
	// mostPrepared is how many calls are kept prepared, and largestPrepared the length of the content of one in bytes. They take
	// up to MemoryFactor times that: 10 MB.
	mostPrepared    = 8
	largestPrepared = 64 << 10
)

// Calls makes the e-mails of calls. It keeps the last calls with several recipients prepared, so that they are not read and
// parsed again for each. The zero value is ready; it is safe for concurrent use.
type Calls struct {
	mu   sync.Mutex
	kept []*preparedCall // the last one used is the last
}

type preparedCall struct {
	id       string
	account  *sender.Account
	call     Call
	composer *compose.Composer // nil for a written one
}

// Compose makes the e-mail to a recipient in the memory of dst, as the account signs it. It fails as compose.Prepare and
// Composer.Compose do, and when the database cannot be read.
func (c *Calls) Compose(ctx context.Context, app core.App, dst []byte, to CallTo, a *sender.Account, now time.Time) (compose.Email, error) {
	p, err := c.prepared(ctx, app, to, a)
	if err != nil {
		return compose.Email{Head: dst}, err
	}
	if p.call.Written != nil {
		return p.call.Written.compose(app, dst, a)
	}
	fullName, own, err := valuesOf(ctx, app, to.Recipient)
	if err != nil {
		return compose.Email{Head: dst}, fmt.Errorf("read the content of call %s: %w", to.Call, err)
	}
	return p.composer.Compose(dst, compose.Addressee{MessageID: to.MessageID, Email: to.Email, FullName: fullName, Data: p.call.Values(own)}, now)
}

// prepared returns a call as it was prepared for another recipient, or prepares it.
func (c *Calls) prepared(ctx context.Context, app core.App, to CallTo, a *sender.Account) (*preparedCall, error) {
	if p := c.find(to.Call, a); p != nil {
		return p, nil
	}
	p := &preparedCall{id: to.Call, account: a}
	var letter string
	err := app.ConcurrentDB().NewQuery(`SELECT letter FROM contents WHERE no = {:no}`).WithContext(ctx).Bind(dbx.Params{"no": to.No}).Row(&letter)
	if err == nil {
		err = json.Unmarshal([]byte(letter), &p.call)
	}
	if err != nil {
		return nil, fmt.Errorf("read the content of call %s: %w", to.Call, err)
	}
	if p.call.Written == nil {
		m := p.call.Message(app, a)
		if m.Signer, err = a.Signer(); err != nil {
			return nil, err
		}
		if p.composer, err = compose.Prepare(m); err != nil {
			return nil, err
		}
	}
	if to.Several && to.Bytes <= largestPrepared {
		c.keep(p)
	}
	return p, nil
}

func (c *Calls) find(id string, a *sender.Account) *preparedCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.kept, func(p *preparedCall) bool { return p.id == id && p.account == a })
	if at < 0 {
		return nil
	}
	p := c.kept[at]
	c.kept = append(slices.Delete(c.kept, at, at+1), p)
	return p
}

func (c *Calls) keep(p *preparedCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= mostPrepared {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	c.kept = append(c.kept, p)
}

// valuesOf reads what is known of a recipient of a call.
func valuesOf(ctx context.Context, app core.App, recipient int64) (fullName string, own map[string]any, err error) {
	var data string
	err = app.ConcurrentDB().NewQuery(`SELECT full_name, data FROM transactional_data WHERE recipient = {:recipient}`).
		WithContext(ctx).Bind(dbx.Params{"recipient": recipient}).Row(&fullName, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, nil
	}
	if err == nil && data != "" {
		err = json.Unmarshal([]byte(data), &own)
	}
	return fullName, own, err
}
