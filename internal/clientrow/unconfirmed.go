package clientrow

import (
	"slices"

	"gonets/internal/suppression"
)

// Unconfirmed is the Left of somebody who signed up elsewhere and never confirmed it: no reason to be on the stop list for one who is
// a client already, and no consent to be mailed for one who is not.
const Unconfirmed = "unconfirmed"

// fieldConfirmed is the field of columns that have no for who has not confirmed.
const fieldConfirmed = "confirmed"

// waitingWords are statuses that say so of a contact, and something else of an order or a task.
var waitingWords = []string{"pending", "waiting", "invited", "приглашен"}

// contactWords are statuses of contacts only: beside them waitingWords are of contacts too.
var contactWords = []string{"active", "subscribed", "subscriber", "confirmed", "enabled", "opted in", "активен", "активный", "активна", "подписан", "подписана", "подтвержден"}

// bindsMore reports whether a reason that somebody must not be mailed binds more than another one: any reason to be on the stop list
// more than a missing confirmation.
func bindsMore(reason, other string) bool {
	if reason == Unconfirmed || other == Unconfirmed {
		return other == "" || reason != Unconfirmed && reason != ""
	}
	return suppression.BindsMore(reason, other)
}

// saysWaiting reports whether statuses of which some are waitingWords are those of contacts.
func saysWaiting(cells []string) bool {
	waits, ofContacts := false, false
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if _, known := leftBy(fieldStatus, cell); !known {
			return false
		}
		waits = waits || slices.Contains(waitingWords, word(cell))
		ofContacts = ofContacts || slices.Contains(contactWords, word(cell))
	}
	return waits && ofContacts
}
