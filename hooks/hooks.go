// Package hooks is what Gonets adds to PocketBase: record rules that collection rules cannot say,
// routes, scheduled work and the web UI. It is thin: it reads a request, calls a package of
// internal/, and writes the answer.
package hooks

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/clients"
	"gonets/hooks/domains"
	"gonets/hooks/forms"
	"gonets/hooks/incoming"
	"gonets/hooks/middleware"
	"gonets/hooks/openapi"
	"gonets/hooks/operator"
	"gonets/hooks/pages"
	"gonets/hooks/readers"
	"gonets/hooks/records"
	"gonets/hooks/request"
	"gonets/hooks/setup"
	"gonets/hooks/site"
	"gonets/hooks/tokens"
	"gonets/hooks/versions"
	"gonets/hooks/webhooks"
	"gonets/internal/deletion"
	"gonets/internal/delivery"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/nameserver"
	"gonets/internal/notifier"
	"gonets/internal/signup"
	"gonets/internal/stats"
	"gonets/internal/suppression"
	"gonets/internal/task"
	"gonets/internal/transactional"
	"gonets/internal/webhook"
)

// Register binds everything that Gonets adds to the application. It starts nothing: work begins
// when the server does.
func Register(app core.App, site *site.Site, engine *delivery.Engine, figures *stats.Service, resolver *nameserver.Resolver) {
	BindRecords(app)
	mails := transactional.New(app, engine.WakeForCalls)
	signups := signup.New(app, mails)
	engine.Beside(tasks(app, signups).Run)
	booker := feedback.New(app)
	mailboxes := intake.NewMailboxes(app, booker)
	engine.Beside(mailboxes.Run)
	engine.Beside(notifier.New(app).Run)
	figures.Watch()
	pages.BindErrorPages(app)
	middleware.BindRequestLimits(app)
	middleware.BindLogSecrets(app)
	tokens.Bind(app)
	request.BindCompression(app)
	middleware.BindThumbnails(app)
	middleware.BindRealtime(app)
	api.BindInstance(app)
	operator.BindReady(app, engine)
	operator.BindHealth(app, engine)
	operator.BindServers(app, engine)
	operator.BindBackups(app)
	setup.Bind(app)
	domains.BindRoutes(app, resolver)
	api.BindSignOut(app)
	middleware.BindSessionEnded(app)
	api.BindHome(app, figures)
	api.BindStatistics(app, figures)
	api.BindMailings(app, engine)
	api.BindUsers(app)
	api.BindTransactional(app, mails)
	engine.Beside(func(ctx context.Context) { transactional.Keep(ctx, app) })
	api.BindSenders(app, engine)
	webhooks.BindRoutes(app)
	incoming.BindMailboxes(app, mailboxes)
	incoming.BindBounceHooks(app, intake.NewHooks(app, booker, webhook.New(nil)))
	clients.BindAudience(app)
	clients.BindClients(app)
	clients.BindLists(app)
	pages.BindUnsubscribe(app)
	pages.BindOwnData(app, mails)
	pages.BindView(app)
	forms.Bind(app, signups)
	pages.BindArchive(app)
	api.BindMessages(app, resolver)
	api.BindOutbox(app)
	clients.BindImports(app)
	clients.BindExport(app)
	clients.BindBulk(app)
	clients.BindUpsert(app)
	openapi.Bind(app)
	site.Bind(app)
}

// BindRecords binds what keeps records valid, whoever writes them, and bounds the answers about them.
func BindRecords(app core.App) {
	middleware.BindFailures(app)
	middleware.BindRetryAfter(app)
	middleware.BindBodies(app)
	records.BindIDs(app)
	records.BindBoundedLists(app)
	records.BindOwners(app)
	records.BindPartialUpdates(app)
	records.BindClients(app)
	records.BindDeletedClients(app)
	records.BindLists(app)
	forms.BindRecords(app)
	readers.BindConsents(app)
	readers.BindPauses(app)
	records.BindSuppressions(app)
	records.BindStopList(app)
	records.BindMessages(app)
	records.BindImages(app)
	readers.BindBrands(app)
	readers.BindArchives(app)
	records.BindPictures(app)
	records.BindStorage(app)
	records.BindMailings(app)
	records.BindDeletions(app)
	records.BindHistory(app)
	records.BindHistoryKept(app)
	records.BindInstance(app)
	records.BindSenders(app)
	domains.BindRecords(app)
	records.BindMailboxes(app)
	records.BindBounceHooks(app)
	webhooks.BindRecords(app)
	webhooks.BindClients(app)
	records.BindSecrets(app)
	records.BindTokens(app)
	records.BindUsers(app)
	records.BindBlocking(app)
	records.BindTypedAddresses(app)
	versions.BindRecords(app)
	versions.BindSettings(app)
	pages.BindUserMailsOnce(app)
	pages.BindUserMails(app)
	middleware.BindLargeAnswers(app)
	middleware.BindFilters(app)
	middleware.BindNoOracle(app)
	middleware.BindExpansions(app)
	middleware.BindBatchAnswers(app)
	middleware.BindNarrowing(app)
	middleware.BindCursors(app)
}

// tasks is the worker for what record hooks leave to be done later.
func tasks(app core.App, signups *signup.Service) *task.Worker {
	return task.NewWorker(app, map[string]task.Work{
		deletion.Kind:          deletion.Work,
		suppression.MirrorTask: suppression.MirrorWork,
		signup.WelcomeTask:     signups.Welcome,
	})
}
