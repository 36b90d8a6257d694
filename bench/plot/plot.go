// Package plot draws the charts of the benchmark as SVG.
package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Chart has lines over a row of labels. The vertical axis is logarithmic: rates and times differ by orders of magnitude.
type Chart struct {
	Title string
	// Over says what the labels are, for example "connections".
	Over   string
	Labels []string
	Lines  []Line
	// Unit is that of the values, for example "mails/s".
	Unit string
}

// Line has a value for each label; one of 0 is not known, and left out.
type Line struct {
	Name   string
	Values []float64
}

// Measures of a chart in pixels: its size, and the space around the lines.
const (
	width, height            = 800, 380
	left, right, top, bottom = 72, 190, 44, 52
)

// style has the colors on white and on black paper; those of lines can be told apart by people who do not see all colors, and each
// line has a shape of its own too.
const style = `text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-size: 15px; font-weight: 600 }
.grid { stroke: #ddd } circle { fill: none; stroke-width: 3 } .line { fill: none; stroke-width: 2.5 } .paper { fill: #fff }
.c0 { stroke: #767676 } .c1 { stroke: #0072b2 } .c2 { stroke: #c05000 } .c3 { stroke: #00835a }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #444 } .paper { fill: #161616 }
  .c0 { stroke: #999 } .c1 { stroke: #56b4e9 } .c2 { stroke: #ff9a4d } .c3 { stroke: #3fd0a0 }
}`

// dashes are the shapes of the lines.
var dashes = []string{"2 4", "", "8 4", "8 4 2 4"}

// SVG draws the chart. It fails if there is nothing to draw, or more lines than can be told apart.
func (c Chart) SVG() ([]byte, error) {
	low, high := c.range10()
	if low > high || len(c.Lines) > len(dashes) {
		return nil, fmt.Errorf("plot %q: %d lines, values from %g to %g", c.Title, len(c.Lines), low, high)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s"><style>%s</style>`+
		`<rect class="paper" width="100%%" height="100%%"/><text class="title" x="16" y="26">%[3]s</text>`, width, height, escaped(c.Title), style)
	y := func(value float64) float64 {
		span := math.Log10(high) - math.Log10(low)
		return height - bottom - (math.Log10(value)-math.Log10(low))/span*(height-top-bottom)
	}
	for _, tick := range ticks(low, high) {
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			left, y(tick), width-right, left-8, y(tick)+4, Number(tick))
	}
	for i, label := range c.Labels {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, c.x(i), height-bottom+20, escaped(label))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text><text x="16" y="%d">%s</text>`,
		(left+width-right)/2, height-12, escaped(c.Over), height-12, escaped(c.Unit))
	c.drawLines(&b, y)
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// x is where a label stands.
func (c Chart) x(i int) float64 {
	if len(c.Labels) < 2 {
		return left
	}
	const margin = 16.0
	return left + margin + float64(i)*(width-left-right-2*margin)/float64(len(c.Labels)-1)
}

// drawLines draws the lines, with a dot at each value, and their names at their ends, one below the other.
func (c Chart) drawLines(b *bytes.Buffer, y func(float64) float64) {
	var names []float64
	for n, line := range c.Lines {
		var path strings.Builder
		end := 0.0
		for i, value := range line.Values {
			if value <= 0 {
				continue
			}
			move := "L"
			if end == 0 {
				move = "M"
			}
			end = y(value)
			fmt.Fprintf(&path, "%s%.1f %.1f", move, c.x(i), end)
			fmt.Fprintf(b, `<circle class="c%d" cx="%.1f" cy="%.1f" r="1.5"/>`, n, c.x(i), end)
		}
		if end == 0 {
			continue
		}
		fmt.Fprintf(b, `<path class="line c%d" stroke-dasharray="%s" d="%s"/>`, n, dashes[n], path.String())
		at := apart(names, end)
		names = append(names, at)
		fmt.Fprintf(b, `<path class="line c%d" stroke-dasharray="%s" d="M%d %.1fh22"/><text x="%d" y="%.1f">%s</text>`,
			n, dashes[n], width-right+6, at, width-right+34, at+4, escaped(line.Name))
	}
}

// apart is the place nearest to the wanted one that leaves room for the names at the others.
func apart(others []float64, wanted float64) float64 {
	const room = 18
	for step := 0.0; ; step++ {
		for _, at := range []float64{wanted + step, wanted - step} {
			free := true
			for _, other := range others {
				free = free && math.Abs(other-at) >= room
			}
			if free {
				return at
			}
		}
	}
}

// range10 are the powers of ten around the values, or the nearest of 1, 2 and 5 times one.
func (c Chart) range10() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, line := range c.Lines {
		for _, value := range line.Values {
			if value > 0 {
				low, high = min(low, value), max(high, value)
			}
		}
	}
	if low > high {
		return low, high
	}
	all := ticks(math.Pow10(int(math.Floor(math.Log10(low)))-1), math.Pow10(int(math.Ceil(math.Log10(high)))+1))
	from, to := all[0], all[len(all)-1]
	for i, tick := range all {
		if tick <= low {
			from = tick
		}
		if tick >= high && i > 0 && all[i-1] < high {
			to = tick
		}
	}
	return from, to
}

// ticks are the numbers 1, 2 and 5 times a power of ten between two, both included.
func ticks(low, high float64) (all []float64) {
	for power := math.Pow10(int(math.Floor(math.Log10(low)))); power <= high; power *= 10 {
		for _, times := range []float64{1, 2, 5} {
			if tick := power * times; tick >= low && tick <= high {
				all = append(all, tick)
			}
		}
	}
	return all
}

// Number writes a number with narrow spaces between thousands.
func Number(value float64) string {
	digits := strconv.FormatFloat(value, 'f', -1, 64)
	for i := len(digits) - 3; i > 0 && value >= 1; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
