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
	return memory.Of(p.app).Mails.TakeSoon(ctx, message.Bytes(p.Letter))
}

// Preview makes the mail for looking at. It is never signed: who may see it need not be allowed to send
// it. Its attachments are notes of their size: a source that is shown in a browser needs no more, and
// nothing large has to be read.
func (p Email) Preview(ctx context.Context) (*compose.Composer, error) {
	sizes, err := p.sizes(ctx)
	if err != nil {
		return nil, err
	}
	letter := p.Letter
	letter.DKIM = nil
	for i, key := range p.Files {
		letter.Attachments = append(letter.Attachments, compose.Attachment{
			Name: message.AttachmentName(key), ContentType: "text/plain",
			Data: fmt.Appendf(nil, "[%d bytes, left out of the preview]", sizes[i]),
		})
	}
	return compose.Prepare(letter)
}

// Whole makes the mail for sending, with its attachments. The function that it returns is to be called when no
// mail is made any more.
func (p Email) Whole(ctx context.Context) (*compose.Composer, func(), error) {
	letter, remove, err := p.ToSend(ctx, p.app)
	if err != nil {
		return nil, nil, err
	}
	composer, err := compose.Prepare(letter)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return composer, remove, nil
}

// AttachmentNames are the names of the attachments, as recipients see them.
func (p Email) AttachmentNames() []string {
	names := make([]string, len(p.Files))
	for i, key := range p.Files {
		names[i] = message.AttachmentName(key)
	}
	return names
}

// AttachmentBytes is the size of the attachments together.
func (p Email) AttachmentBytes(ctx context.Context) (total int64, err error) {
	sizes, err := p.sizes(ctx)
	for _, size := range sizes {
		total += size
	}
	return total, err
}

func (p Email) sizes(ctx context.Context) ([]int64, error) {
	if len(p.Files) == 0 {
		return nil, nil
	}
	files, err := p.app.NewFilesystem()
	if err != nil {
		return nil, fmt.Errorf("open the file storage: %w", err)
	}
	defer files.Close()
	files.SetContext(ctx)
	sizes := make([]int64, len(p.Files))
	for i, key := range p.Files {
		about, err := files.Attributes(key)
		if err != nil {
			return nil, fmt.Errorf("look at attachment %s: %w", key, err)
		}
		sizes[i] = about.Size
	}
	return sizes, nil
}
