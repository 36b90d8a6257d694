package records

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/hooks/request"
	"gonets/internal/picture"
)

// BindPictures refuses pictures that would take too much memory when they are decoded, and avatars of people whose
// address is not confirmed: anybody can register.
func BindPictures(app core.App) {
	app.OnRecordValidate().BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		for _, field := range e.Record.Collection().Fields {
			if f, ok := field.(*core.FileField); ok && holdsPictures(f) {
				for _, file := range e.Record.GetUnsavedFiles(f.Name) {
					checkPicture(bad, f.Name, file)
				}
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})

	app.OnRecordCreateRequest("users").BindFunc(avatarOfUnverified(func(*core.RecordRequestEvent) bool { return false }))
	app.OnRecordUpdateRequest("users").BindFunc(avatarOfUnverified(func(e *core.RecordRequestEvent) bool { return e.Record.Original().Verified() }))
}

// avatarOfUnverified refuses the avatar of a user whose address is not confirmed.
func avatarOfUnverified(verified func(*core.RecordRequestEvent) bool) func(*core.RecordRequestEvent) error {
	return func(e *core.RecordRequestEvent) error {
		if len(e.Record.GetUnsavedFiles("avatar")) == 0 || e.HasSuperuserAuth() || verified(e) {
			return e.Next()
		}
		info, err := e.RequestInfo()
		if err != nil {
			return e.InternalServerError("", err)
		}
		if info.Context == core.RequestInfoContextOAuth2 {
			// The other service sent the picture, not the user, who is verified after this: it must not prevent the
			// sign-in.
			e.Record.Set("avatar", nil)
			return e.Next()
		}
		const message = "Confirm your e-mail address first: a picture can be added then."
		return e.BadRequestError(message, request.Refuse("avatar", "avatar_not_verified", message))
	}
}

// holdsPictures reports whether a field is for pictures: it has thumbnails, or accepts nothing else.
func holdsPictures(f *core.FileField) bool {
	if len(f.Thumbs) > 0 {
		return true
	}
	for _, mime := range f.MimeTypes {
		if !strings.HasPrefix(mime, "image/") {
			return false
		}
	}
	return len(f.MimeTypes) > 0
}

// checkPicture notes what is wrong with a picture. A format without a decoder (SVG) takes no memory; the field itself decides
// whether it accepts it.
func checkPicture(bad request.Refusals, field string, file *filesystem.File) {
	p, err := measure(file)
	switch {
	case errors.Is(err, picture.ErrUnknown):
	case err != nil:
		bad.Add(field, "picture_unreadable", "The picture cannot be read: save it again, as PNG or JPEG")
	case !p.Fits():
		bad.Add(field, "picture_too_large", fmt.Sprintf(
			"A picture of %d × %d pixels is too large: at most %d MB unpacked, about 4000 × 4000 pixels",
			p.Width, p.Height, picture.MaxBytes>>20))
	}
}

func measure(file *filesystem.File) (picture.Picture, error) {
	content, err := file.Reader.Open()
	if err != nil {
		return picture.Picture{}, err
	}
	defer content.Close()
	return picture.Measure(content)
}
