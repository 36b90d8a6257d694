package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

// E-mails that programs hand over by SMTP go out as they came, with bytes above 127 if they have any.
func init() {
	m.Register(
		statements(`ALTER TABLE transactional ADD COLUMN eight_bit INTEGER NOT NULL DEFAULT 0`),
		statements(`ALTER TABLE transactional DROP COLUMN eight_bit`),
	)
}
