package picture

import (
	"math"
	"strconv"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// maxWorking is how much memory making a thumbnail may take beside the decoded picture, in bytes: enough for each
// photo within MaxBytes, which is turned upright and cropped to a square with four bytes for each pixel.
const maxWorking = 96 << 20

// mayHaveThumbnail reports whether a thumbnail of PocketBase's notation, such as "100x100" or "0x50f", can be made
// of the picture in bounded memory and time. Small pictures can be expensive too: one of 1 × 60 000 pixels is enlarged to
// 56 × 3 360 000 before it is cropped to 56 × 56.
func (p Picture) mayHaveThumbnail(size string) bool {
	if !p.thumbnailed() || !p.Fits() || p.scans > maxScans {
		return false
	}
	working, ok := p.working(size)
	return ok && working <= maxWorking
}

// working is the most memory that PocketBase's CreateThumb (imaging.Decode with one of Resize, Fit and Fill) takes besides
// the decoded picture: while it decodes, turns or scales the picture.
func (p Picture) working(size string) (int64, bool) {
	parts := filesystem.ThumbSizeRegex.FindStringSubmatch(size)
	if len(parts) != 4 {
		return 0, false
	}
	w, errW := strconv.Atoi(parts[1])
	h, errH := strconv.Atoi(parts[2])
	if errW != nil || errH != nil || w == 0 && h == 0 {
		return 0, false
	}
	most := max(float64(p.decoding), p.scaling(w, h, parts[3]))
	if p.Format == "jpeg" { // its EXIF data can have it turned, which makes a copy and may swap the sides
		turned := 4 * float64(p.Width) * float64(p.Height)
		scaled := p.scaling(w, h, parts[3])
		swapped := Picture{Width: p.Height, Height: p.Width}.scaling(w, h, parts[3])
		most = max(most, turned, turned-float64(p.Bytes)+max(scaled, swapped)) + float64(p.converting)
	}
	return int64(min(most, 1<<60)), true
}

// scaling is what imaging allocates to get from the decoded picture to the thumbnail.
func (p Picture) scaling(w, h int, how string) float64 {
	sw, sh, dw, dh := float64(p.Width), float64(p.Height), float64(w), float64(h)
	switch {
	case w == 0:
		return resizing(sw, sh, max(1, math.Round(dh*sw/sh)), dh)
	case h == 0:
		return resizing(sw, sh, dw, max(1, math.Round(dw*sh/sw)))
	case how == "f":
		scale := min(1, dw/sw, dh/sh)
		return resizing(sw, sh, max(1, sw*scale), max(1, sh*scale))
	case p.Width >= 100 && p.Height >= 100: // cut, then scaled
		scale := min(sw/dw, sh/dh)
		cw, ch := max(1, dw*scale), max(1, dh*scale)
		return 4*cw*ch + resizing(cw, ch, dw, dh)
	default: // scaled, then cut
		scale := max(dw/sw, dh/sh)
		return resizing(sw, sh, max(1, sw*scale), max(1, sh*scale)) + 4*dw*dh
	}
}

// resizing is what imaging.Resize allocates: a picture scaled in one direction, the one scaled in both, and 16
// bytes for each of the two weights that a pixel has in each direction.
func resizing(sw, sh, dw, dh float64) float64 {
	return 4*dw*sh + 4*dw*dh + 32*(sw+2*dw) + 32*(sh+2*dh)
}
