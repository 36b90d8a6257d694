package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(mailingsUp, drop("attempts", "mailings")) }

// mailingsUp adds the mailings and the log of every try to hand one mail to a mail server.
func mailingsUp(app core.App) error {
	if err := addMailings(app); err != nil {
		return err
	}
	return addAttempts(app)
}

func addMailings(app core.App) error {
	owner, err := ownerField(app)
	if err != nil {
		return err
	}
	message, err := relation(app, "message", "messages")
	if err != nil {
		return err
	}
	sender, err := relation(app, "sender", "senders")
	if err != nil {
		return err
	}
	lists, err := relation(app, "lists", "lists")
	if err != nil {
		return err
	}
	lists.MaxSelect = 100
	recipients, err := relation(app, "recipients", "clients")
	if err != nil {
		return err
	}
	recipients.MaxSelect = 1000

	c := core.NewBaseCollection("mailings")
	c.Fields.Add(
		owner,
		&core.TextField{Name: "name", Max: 200, Presentable: true},
		// Optional, so that deleting a message leaves the history of its mailings whole.
		message,
		sender,
		&core.TextField{Name: "from_name", Max: 100},
		&core.EmailField{Name: "reply_to"},
		choice("audience", "everyone", "lists", "picked"),
		lists,
		recipients,
		&core.TextField{Name: "filter", Max: 2000},

		chosen("status", "Moves by the mailing's routes (send, pause, …), not by hand", "created", "scheduled", "running", "paused", "completed", "cancelled"),
		&core.BoolField{Name: "blocked"},
		&core.TextField{Name: "block_reason", Max: 500},
		&core.DateField{Name: "starts_at"},
		&core.DateField{Name: "ends_at"},
		&core.TextField{Name: "timezone", Max: 60},
		choice("repeat", "none", "daily", "weekly", "monthly"),
		// Plain text, not a relation: an occurrence outlives the mailing that it repeats.
		&core.TextField{Name: "parent", Max: 15},
		&core.DateField{Name: "occurrence_at"},

		counter("total"), counter("sent"), counter("failed"),
		counter("uncertain"), counter("skipped"), counter("deferred"),
		&core.DateField{Name: "launching_at", Hidden: true},
		&core.DateField{Name: "started_at"},
		&core.DateField{Name: "finished_at"},
		&core.JSONField{Name: "waiting_reason", MaxSize: 4096},
	)
	c.Fields.Add(autodates()...)
	ownRecords(c)
	c.AddIndex("idx_mailings_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_mailings_status", false, "status, starts_at", "")
	c.AddIndex("idx_mailings_parent_occurrence", true, "parent, occurrence_at", "`parent` != ''")
	return app.Save(c)
}

func addAttempts(app core.App) error {
	c := core.NewBaseCollection("attempts")
	c.Fields.Add(
		// History holds ids as plain text: PocketBase rewrites every record that relates to a
		// deleted one, and this log is append-only.
		&core.TextField{Name: "mailing", Max: 15},
		&core.TextField{Name: "client", Max: 15},
		&core.TextField{Name: "owner", Max: 15},
		&core.TextField{Name: "email", Max: 320, Presentable: true},
		choice("status", "success", "failure", "uncertain"),
		counter("code"),
		&core.TextField{Name: "enhanced_code", Max: 16},
		&core.TextField{Name: "response", Max: 2000},
		counter("try"),
		counter("duration_ms"),
		&core.AutodateField{Name: "created", OnCreate: true},
	)
	readOnly(c)
	c.AddIndex("idx_attempts_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_attempts_mailing_status", false, "mailing, status", "")
	c.AddIndex("idx_attempts_created", false, "created, id", "")
	return app.Save(c)
}
