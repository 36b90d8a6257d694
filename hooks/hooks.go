// Package hooks is what Gonets adds to PocketBase: record rules that collection rules cannot say,
// routes, scheduled work and the web UI. It is thin: it reads a request, calls a package of
// internal/, and writes the answer.
package hooks

import (
	"net"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/deletion"
	"gonets/internal/delivery"
	"gonets/internal/stats"
	"gonets/internal/task"
)

// Register binds everything that Gonets adds to the application. It starts nothing: work begins
// when the server does.
func Register(app core.App, site *Site, engine *delivery.Engine, figures *stats.Service) {
	bindRecords(app)
	engine.Beside(tasks(app).Run)
	figures.Watch()
	bindRequestLimits(app)
	bindLogSecrets(app)
	bindCompression(app)
	bindThumbnails(app)
	bindRealtime(app)
	bindInstanceRoute(app)
	bindSignOut(app)
	bindSessionEnded(app)
	bindHome(app, figures)
	bindStatistics(app, figures)
	bindMailingRoutes(app, engine)
	bindUserRoutes(app)
	bindSenderRoutes(app)
	bindAudienceRoutes(app)
	bindClientRoutes(app)
	bindUnsubscribe(app)
	bindView(app)
	bindLetters(app, net.DefaultResolver)
	bindOutbox(app)
	bindImports(app)
	bindExport(app)
	site.bind(app)
}

// bindRecords binds what keeps the records right, whoever writes them, and the answers about them.
func bindRecords(app core.App) {
	bindFailures(app)
	bindBodies(app)
	bindIDs(app)
	bindBoundedLists(app)
	bindOwners(app)
	bindPartialUpdates(app)
	bindClients(app)
	bindDeletedClients(app)
	bindLists(app)
	bindSuppressions(app)
	bindStopList(app)
	bindMessages(app)
	bindImages(app)
	bindPictures(app)
	bindStorage(app)
	bindMailings(app)
	bindDeletions(app)
	bindAttempts(app)
	bindAttemptsKept(app)
	bindInstance(app)
	bindSenders(app)
	bindSecrets(app)
	bindUsers(app)
	bindBlocking(app)
	bindTypedAddresses(app)
	bindUserMailsOnce(app)
	bindUserMails(app)
	bindLargeAnswers(app)
	bindFilters(app)
	bindNoOracle(app)
	bindExpansions(app)
	bindNarrowing(app)
}

// tasks is the worker of what record hooks leave to be done later.
func tasks(app core.App) *task.Worker {
	return task.NewWorker(app, map[string]task.Work{
		deletion.Kind:       deletion.Work,
		audience.MirrorTask: audience.MirrorWork,
	})
}
