package preview

import (
	"context"
	"fmt"

	"gonets/internal/compose"
	"gonets/internal/memory"
	"gonets/internal/message"
)

// TakeMemory takes the memory that it needs to make the e-mail. It fails with memory.ErrBusy when there is not so much
// in time. Whoever calls it releases the share.
func (p Email) TakeMemory(ctx context.Context) (*memory.Share, error) {
	return memory.Of(p.app).Mails.TakeSoon(ctx, message.Bytes(p.Message))
}

// Preview makes the mail for looking at, with what Attached knows of its attachments. It is never signed: who may see
// it need not be allowed to send it. Its attachments are notes of their size: a source that is shown in a browser needs
// no more, and nothing large has to be read.
func (p Email) Preview(attached []message.File) (*compose.Composer, error) {
	m := p.Message
	m.DKIM = nil
	for _, f := range attached {
		m.Attachments = append(m.Attachments, compose.Attachment{
			Name: f.Name, ContentType: "text/plain",
			Data: fmt.Appendf(nil, "[%d bytes, left out of the preview]", f.Size),
		})
	}
	return compose.Prepare(m)
}

// Whole makes the mail for sending, with its attachments. The function that it returns is to be called when no
// mail is made any more.
func (p Email) Whole(ctx context.Context) (*compose.Composer, func(), error) {
	m, remove, err := p.ToSend(ctx, p.app)
	if err != nil {
		return nil, nil, err
	}
	composer, err := compose.Prepare(m)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return composer, remove, nil
}

// Attached returns what is known of the attachments without reading them.
func (p Email) Attached(ctx context.Context) ([]message.File, error) {
	return message.Files(ctx, p.app, p.Files)
}
