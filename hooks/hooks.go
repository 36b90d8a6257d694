// Package hooks is what Gonets adds to PocketBase: record rules that collection rules cannot say,
// routes, scheduled work and the web UI. It is thin: it reads a request, calls a package of
// internal/, and writes the answer.
package hooks

import (
	"net"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
	"gonets/internal/stats"
)

// Register binds everything that Gonets adds to the application. It starts nothing: work begins
// when the server does.
func Register(app core.App, site *Site, engine *delivery.Engine, figures *stats.Service) {
	bindRecords(app)
	figures.Watch()
	bindCompression(app)
	bindInstanceRoute(app)
	bindSignOut(app)
	bindSessionEnded(app)
	bindHome(app, figures)
	bindStatistics(app, figures)
	bindMailingRoutes(app, engine)
	bindSenderRoutes(app)
	bindAudienceRoutes(app)
	bindClientRoutes(app)
	bindUnsubscribe(app)
	bindLetters(app, net.DefaultResolver)
	bindOutbox(app)
	bindImports(app)
	bindExport(app)
	site.bind(app)
}

// bindRecords binds what keeps the records right, whoever writes them.
func bindRecords(app core.App) {
	bindBodies(app)
	bindIDs(app)
	bindOwners(app)
	bindPartialUpdates(app)
	bindClients(app)
	bindLists(app)
	bindSuppressions(app)
	bindStopList(app)
	bindMessages(app)
	bindImages(app)
	bindStorage(app)
	bindMailings(app)
	bindMailingDeletion(app)
	bindAttempts(app)
	bindAttemptsKept(app)
	bindInstance(app)
	bindSenders(app)
	bindUsers(app)
	bindBlocking(app)
	bindTypedAddresses(app)
	bindUserMails(app)
	bindNoOracle(app)
	bindNarrowing(app)
}
