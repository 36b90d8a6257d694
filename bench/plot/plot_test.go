package plot

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestAChartIsAPictureWithAllThatIsKnown(t *testing.T) {
	picture, err := Chart{
		Title: "Mails & seconds", Over: "connections", Unit: "mails/s", Labels: []string{"1", "10", "100"},
		Lines: []Line{{"ceiling", []float64{900, 34_000, 41_000}}, {"engine", []float64{500, 0, 14_000}}},
	}.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(picture, new(any)); err != nil {
		t.Errorf("it is no XML: %v", err)
	}
	if n := strings.Count(string(picture), "<circle"); n != 5 {
		t.Errorf("%d values are drawn, want 5: one is not known", n)
	}
	for _, wanted := range []string{"Mails &amp; seconds", ">ceiling<", ">engine<", ">500<", ">50\u202f000<", ">connections<", ">mails/s<"} {
		if !strings.Contains(string(picture), wanted) {
			t.Errorf("%s is missing", wanted)
		}
	}
	if strings.Contains(string(picture), "NaN") || strings.Contains(string(picture), "Inf") {
		t.Error("a place in it is no number")
	}
}

func TestNothingToDrawIsAnError(t *testing.T) {
	if _, err := (Chart{Title: "nothing", Labels: []string{"1"}, Lines: []Line{{"engine", []float64{0}}}}).SVG(); err == nil {
		t.Error("it was drawn")
	}
}

func TestTheAxisIsAsLongAsTheValues(t *testing.T) {
	for _, c := range []struct{ low, high, from, to float64 }{
		{500, 41_000, 500, 50_000}, {3, 3, 2, 5}, {0.4, 90, 0.2, 100}, {1, 1000, 1, 1000},
	} {
		from, to := Chart{Lines: []Line{{"", []float64{c.low, c.high}}}}.range10()
		if from < c.from*0.999 || from > c.from*1.001 || to < c.to*0.999 || to > c.to*1.001 {
			t.Errorf("%g to %g: %g to %g, want %g to %g", c.low, c.high, from, to, c.from, c.to)
		}
	}
}
