package launch

import (
	"context"
	"time"

	"gonets/internal/audience"
	"gonets/internal/mailing"
)

// Plan is what a launch would do.
type Plan struct {
	ID string `json:"id"`
	// Total is everyone in the audience; Capped says that there may be more (audience.Count).
	Total  int  `json:"total"`
	Capped bool `json:"capped"`
	// Skipped are those of Total who are on the stop list.
	Skipped int `json:"skipped"`
}

// Plan checks whether a mailing can be launched and counts whom it would reach. It changes nothing.
// It fails with the *denial.Error that Launch would fail with.
func (v *Verbs) Plan(ctx context.Context, id string) (Plan, error) {
	m, err := mailing.Find(v.App, id)
	if err != nil {
		return Plan{}, err
	}
	status := mailing.Status(m.GetString("status"))
	if m.GetBool("blocked") || (status != mailing.Created && status != mailing.Scheduled) {
		return Plan{}, v.whyNot("send", id)
	}
	if err := v.check(ctx, m, time.Now()); err != nil {
		return Plan{}, err
	}
	count, err := audience.OfMailing(m).Count(ctx, v.App, m.GetString("owner"))
	if err != nil {
		return Plan{}, refuseAudience(err)
	}
	switch count.Count {
	case 0:
		return Plan{}, errAudienceEmpty
	case count.Suppressed:
		return Plan{}, errAudienceSuppressed
	}
	return Plan{ID: id, Total: count.Count, Capped: count.Capped, Skipped: count.Suppressed}, nil
}
