package e2e

import (
	"testing"
	"time"
)

// Every page, and every dialog and menu that is opened on one, is looked at: nothing is wider than the screen, nothing
// looks like a program's inside, axe-core finds no fault.
//
// There are eight ways to look at a page: two languages, two themes, two widths. All of them for everything would take
// minutes, and a fault of a page hardly ever hides in just one of the eight. So the pages that people are on
// most are seen in all, and every other place in two that are opposites of each other (Russian, dark and narrow; English,
// light and wide): it is seen in each language, theme and width. Which two it is goes round from place to place.
// Where a place is seen in both themes with the same words and width, all that differs is its colors, so axe-core looks
// for all its faults in one of the two, and for those of the colors in the other.
// With GONETS_SHOTS=folder all are seen in all eight, and pictures of them are kept there.
func Test12PagesFitAndAreAccessibleInEnglish(t *testing.T) { pagesFitAndAreAccessible(t, "en") }

func Test12PagesFitAndAreAccessibleInRussian(t *testing.T) { pagesFitAndAreAccessible(t, "ru") }

func pagesFitAndAreAccessible(t *testing.T, language string) {
	t.Parallel()
	w := newDemo(t, 4*time.Minute)
	accounts := w.printed()
	for _, role := range []string{"owner", "manager"} {
		c := w.enter(accounts[role])
		c.patch(users+"records/"+c.id, object{"language": language}).want(200)
	}
	views := lookedAt(language)
	b := w.openBrowser(views[0])
	b.open("/#/sign-in")
	b.expect("confirm-verification")     // a link that is none
	b.expect("setup/check")              // the same
	b.expect("users/auth-with-password") // which is tried before that of superusers
	shown := map[string]bool{}
	for _, tour := range []struct {
		as    account
		stops []stop
	}{
		{account{}, guestTour},
		{accounts["owner"], w.enter(accounts["owner"]).tour()},
		{accounts["manager"], w.enter(accounts["manager"]).managerTour()},
		{accounts["superuser"], w.superuserTour(accounts["superuser"])},
	} {
		b.forget()
		if tour.as.email != "" {
			b.signIn(tour.as.email, tour.as.password)
		}
		for i, v := range views {
			for k, s := range tour.stops {
				if s.in(k, language) != i && !s.often && !keepShots() {
					continue
				}
				check := (*browser).readable
				if v.dark == views[s.in(k, language)].dark {
					check = (*browser).accessible
				}
				b.visit(s, v, check)
				shown[b.route()] = true
			}
		}
	}
	for _, route := range ask[[]string](b, `import(new URL('routes.js', document.baseURI)).then(({routes}) => routes.map(r => r.path + ' for ' + r.for))`) {
		if !shown[route] {
			t.Errorf("routes.js has %s, which no test has looked at", route)
		}
	}
}

// lookedAt are the ways to look at a page in one language; the first and the last are opposites, and so are the others.
func lookedAt(language string) []viewport {
	return []viewport{desktop.in(language), phone.in(language), desktop.in(language).inTheDark(), phone.in(language).inTheDark()}
}

// in is the way that the k-th place of a tour is looked at in a language, among those of lookedAt.
func (s stop) in(k int, language string) int {
	if language == "ru" {
		return 3 - k%4
	}
	return k % 4
}

// visit goes to a place and looks at it; check is what axe-core does there.
func (b *browser) visit(s stop, v viewport, check func(b *browser, what string)) {
	b.t.Helper()
	b.lookAs(v)
	b.goTo(s.path)
	b.painted()
	if s.open != nil {
		s.open(b)
	}
	if language := ask[string](b, "document.documentElement.lang"); language != v.language {
		b.t.Errorf("%s is in %q", s.path, language)
	}
	b.seeAs(s.name, v, check)
	if s.open != nil {
		b.shut()
	}
}

// seeAs looks at what is shown now; check is what axe-core does there.
func (b *browser) seeAs(name string, v viewport, check func(b *browser, what string)) {
	b.t.Helper()
	b.lookAs(v)
	b.painted()
	if v.phone {
		// Of a bar that lies over the lower end of a screen, axe-core says that it hides whatever happens to be there.
		v.height = max(v.height, ask[int64](b, "document.documentElement.scrollHeight"))
		b.lookAs(v)
	}
	b.look(name, v)
	check(b, name+"-"+v.name())
}

// route is the one of routes.js that is shown now, as its pattern and who it is for.
func (b *browser) route() string {
	b.t.Helper()
	return ask[string](b, `Promise.all(['routes.js', 'data/session.js'].map(path => import(new URL(path, document.baseURI)))).then(([{routesOf}, {isFor}]) =>
		routesOf(location.hash.slice(1).split('?')[0] || '/').filter(({route}) => isFor(route.for)).map(({route}) => route.path + ' for ' + route.for)[0] ?? '')`)
}
