package sender

import (
	"errors"
	"net/http"

	"github.com/pocketbase/dbx"

	"gonets/internal/denial"
)

// Codes of a denial and of the reason of a pause: the owner of a mailing may not send with its sender, or
// not by PocketBase's own mail settings.
const (
	CodeNotAllowed    = "sender_not_allowed"
	CodeDefaultClosed = "default_sender_closed"
)

var (
	errSenderNotAllowed = denial.New(http.StatusForbidden, CodeNotAllowed, "sender",
		"the owner of the mailing may not use its sender: choose another one, or ask the superuser for access")
	errDefaultSenderClosed = denial.New(http.StatusForbidden, CodeDefaultClosed, "sender",
		"mailings may not be sent without a sender here: choose one, or ask the superuser for access to one")
)

// MaySendWith fails with a *denial.Error when the user may not send mailings with the sender; "" is PocketBase's
// own mail settings. A sender that was deleted is not refused here: SenderOf tells of it.
func MaySendWith(db dbx.Builder, user, id string) error {
	may, err := MayUse(db, user, id)
	switch {
	case errors.Is(err, ErrNone):
		return nil
	case err != nil:
		return err
	case !may:
		return NotAllowed(id)
	}
	return nil
}

// NotAllowed is the refusal for a sender that may not be used.
func NotAllowed(id string) *denial.Error {
	if id == "" {
		return errDefaultSenderClosed
	}
	return errSenderNotAllowed
}
