package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Password is the password of all accounts of the demo, which can be reached from this machine only.
const Password = "gonets-demo"

// Account is a user or superuser of the demo.
type Account struct {
	Name, Email string
	Role        string // owner, manager or superuser
	Language    string // of the web UI
}

// The people of the demo.
var (
	anna   = Account{"Анна Котова", "anna@kofeynya.example", "owner", "ru"}
	olivia = Account{"Olivia Brandt", "olivia@brandt.example", "owner", "en"}
	mark   = Account{"Марк Левин", "mark@gonets.example", "manager", "ru"}
	admin  = Account{"", "admin@gonets.example", "superuser", "en"}
)

// Accounts are those that the demo shows at its start.
func Accounts() []Account { return []Account{anna, olivia, mark, admin} }

// addAccounts adds the accounts, and two users for the manager: one blocked, one to approve. It returns the ids of the users
// by address.
func addAccounts(app core.App, now time.Time) (map[string]string, error) {
	ids := map[string]string{}
	for _, u := range []struct {
		Account
		zone, country, phone string
		days                 int // since the registration
		set                  map[string]any
	}{
		{anna, "Europe/Moscow", "Россия", "+7 495 000-00-12", 412, map[string]any{"slug": "kofeynya"}},
		{olivia, "Europe/Berlin", "Germany", "+49 30 00000 42", 371, map[string]any{"slug": "brandt-books"}},
		{mark, "Europe/Moscow", "Россия", "", 430, nil},
		{
			Account{"Павел Снегирёв", "pavel@snegir.example", "owner", "ru"},
			"Asia/Yekaterinburg", "Россия", "", 1,
			map[string]any{"awaiting_approval": true, "daily_quota": 500},
		},
		{
			Account{"Sam Porter", "sam@lucky-deals.example", "owner", "en"},
			"Europe/London", "United Kingdom", "", 19,
			map[string]any{"blocked": true, "daily_quota": 500, "block_reason": "Bought addresses: every third one does not exist"},
		},
	} {
		fields := map[string]any{
			"name": u.Name, "email": u.Email, "emailVisibility": true, "verified": true, "password": Password,
			"role": u.Role, "language": u.Language, "timezone": u.zone, "country": u.country, "phone": u.phone,
			"transactional_quota": 1000,
		}
		for field, value := range u.set {
			fields[field] = value
		}
		id, err := addAccount(app, "users", fields, now.AddDate(0, 0, -u.days).Add(-3*time.Hour))
		if err != nil {
			return nil, err
		}
		ids[u.Email] = id
	}
	_, err := addAccount(app, core.CollectionNameSuperusers,
		map[string]any{"email": admin.Email, "verified": true, "password": Password}, now.AddDate(0, 0, -431))
	return ids, err
}

func addAccount(app core.App, collection string, fields map[string]any, created time.Time) (string, error) {
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return "", fmt.Errorf("find the collection %s: %w", collection, err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := app.Save(r); err != nil {
		return "", fmt.Errorf("add %s: %w", fields["email"], err)
	}
	_, err = app.NonconcurrentDB().Update(collection, dbx.Params{"created": database.Stamp(created), "updated": database.Stamp(created)}, dbx.HashExp{"id": r.Id}).Execute()
	if err != nil {
		return "", fmt.Errorf("date %s back: %w", fields["email"], err)
	}
	return r.Id, nil
}
