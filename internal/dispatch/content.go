package dispatch

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/compose"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/returnpath"
)

// content is what the mails of a mailing are written from. It is in memory while the mailing can send, and takes
// a share of the memory for messages as long as it is.
type content struct {
	composer *compose.Composer
	from     string // of the envelope, unless there is a return path
	path     returnpath.Path
	signer   *returnpath.Signer
	share    *memory.Share
	remove   func() // deletes the local copies of attachments
}

// close gives back what the content takes. No mail may be written from it any more.
func (c *content) close() {
	c.remove()
	c.share.Release()
}

const (
	// queueBytes is how much of recipients a queue holds: it loads no more of them while it has so many.
	queueBytes = 512 << 10
	// queueOverhead is the share of a queue beside what its message takes: twice its recipients, for it loads when half
	// of them are gone, and attachments so small that they are kept.
	queueOverhead = 1 << 20
	// mailFactor is how many times its length a mail takes while it is made.
	mailFactor = 2
)

// openContent reads and prepares what the mails of a running mailing are written from, as soon as there is memory
// for it. The error is that of ctx, or tells what is wrong with the message.
func (s *Shared) openContent(ctx context.Context, q *Queue) (*content, error) {
	if q.IsTransactional() {
		return s.openFlow(ctx)
	}
	var bytes int64
	err := s.App.ConcurrentDB().NewQuery(`SELECT length(CAST(letter AS BLOB)) FROM contents WHERE no = {:no}`).
		WithContext(ctx).Bind(dbx.Params{"no": q.No}).Row(&bytes)
	if err != nil {
		return nil, fmt.Errorf("read the contents of mailing %s: %w", q.ID, err)
	}
	share, err := s.Memory.Contents.Take(ctx, queueOverhead+message.MemoryFactor*bytes)
	if err != nil {
		return nil, err
	}
	c := &content{share: share, remove: func() {}}
	if err := s.fill(ctx, c, q.ID); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// fill reads and prepares a content.
func (s *Shared) fill(ctx context.Context, c *content, id string) error {
	record, err := mailing.Find(s.App, id)
	if err != nil {
		return err
	}
	kept, err := message.Kept(s.App, record)
	if err != nil {
		return err
	}
	m, remove, err := kept.ToSend(ctx, s.App)
	if err != nil {
		return err
	}
	c.remove = remove
	m.Room = func(bytes int) bool { return c.share.Grow(int64(bytes)) }
	c.from, c.path, c.signer = m.FromEmail, kept.ReturnPath, returnpath.NewSigner(kept.ReturnKey)
	c.composer, err = compose.Prepare(m)
	return err
}

// mailBytes is what the mail to r takes while it is made and sent; 0 when it is small.
func (r *recipient) mailBytes() int64 {
	if r.call != nil {
		return r.call.MailBytes()
	}
	if n := r.queue.content.composer.Largest(); n > message.SmallMail {
		return mailFactor * n
	}
	return 0
}
