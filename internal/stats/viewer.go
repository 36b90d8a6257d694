package stats

import "github.com/pocketbase/pocketbase/core"

// Viewer is who asks for figures. The zero value is a guest.
type Viewer struct {
	ID   string // of the user; "" for guests and for superusers, who own nothing
	Role Role
}

// Role says which figures a viewer may see.
type Role string

// The roles of viewers.
const (
	Anybody   Role = ""          // the counts of the service
	Owner     Role = "owner"     // and own figures
	Manager   Role = "manager"   // and everybody's
	Superuser Role = "superuser" // the same, owning nothing
)

// ViewerOf is the viewer of a request; nil is a guest.
func ViewerOf(auth *core.Record) Viewer {
	switch {
	case auth == nil:
		return Viewer{}
	case auth.IsSuperuser():
		return Viewer{Role: Superuser}
	case auth.Collection().Name != "users":
		return Viewer{}
	case auth.GetString("role") == string(Manager):
		return Viewer{ID: auth.Id, Role: Manager}
	default:
		return Viewer{ID: auth.Id, Role: Owner}
	}
}

// seesAll reports whether the viewer may see the figures of all owners.
func (v Viewer) seesAll() bool { return v.Role == Manager || v.Role == Superuser }

// rights is the key of what the viewer may see: viewers with the same rights share cached answers.
func (v Viewer) rights() string {
	if v.Role == Owner {
		return "owner:" + v.ID
	}
	return string(v.Role)
}
