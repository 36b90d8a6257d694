package openapi

import (
	"reflect"

	"gonets/internal/clientfile"
	"gonets/internal/delivery"
	"gonets/internal/mailing"
	"gonets/internal/notification"
	"gonets/internal/outbox"
	"gonets/internal/preflight"
	"gonets/internal/stats"
	"gonets/internal/token"
)

var stateType = reflect.TypeFor[mailing.State]()

// enums are the words of types that have few of them: reflection does not know constants.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[mailing.Status](): words(mailing.Created, mailing.Scheduled, mailing.Running, mailing.Paused, mailing.Completed, mailing.Cancelled),
	stateType: words(
		mailing.Pending, mailing.Sending, mailing.Sent, mailing.Failed, mailing.Uncertain, mailing.Skipped, mailing.Deferred, mailing.Bounced),
	reflect.TypeFor[mailing.ActorKind](): words(
		mailing.ActorEngine, mailing.ActorCommandLine, mailing.ActorOwner, mailing.ActorManager, mailing.ActorSuperuser, mailing.ActorToken, ""),
	reflect.TypeFor[mailing.EventKind](): words(
		mailing.EventCreated, mailing.EventCopied, mailing.EventOccurrence, mailing.EventRepeated, mailing.EventScheduled, mailing.EventUnscheduled,
		mailing.EventLaunched, mailing.EventPaused, mailing.EventResumed, mailing.EventCancelled, mailing.EventBlocked, mailing.EventUnblocked,
		mailing.EventRetried, mailing.EventAccepted, mailing.EventExtended, mailing.EventWaiting, mailing.EventInterrupted, mailing.EventEnded,
		mailing.EventCompleted),
	reflect.TypeFor[stats.Status]():        {"success", "failure", "uncertain", "skipped"},
	reflect.TypeFor[preflight.Level]():     words(preflight.OK, preflight.Warning, preflight.Error),
	reflect.TypeFor[notification.State]():  words(notification.Waiting, notification.Delivered, notification.Failed),
	reflect.TypeFor[outbox.Status]():       {"accepted", "refused", "unanswered"},
	reflect.TypeFor[delivery.Place]():      words(delivery.Here, delivery.Elsewhere, delivery.Nowhere),
	reflect.TypeFor[clientfile.Became]():   words(clientfile.Added, clientfile.Changed, clientfile.Unchanged, clientfile.Invalid),
	reflect.TypeFor[clientfile.Conflict](): {"", "keep", "fill", "overwrite"},
	reflect.TypeFor[token.Scope]():         words(token.Scopes...),
}

func words[T ~string](all ...T) []string {
	texts := make([]string, len(all))
	for i, word := range all {
		texts[i] = string(word)
	}
	return texts
}
