package template

import "time"

// UnsubscribeURL and ViewURL are the names of the variables for the links of an e-mail.
const (
	UnsubscribeURL = "unsubscribe_url"
	ViewURL        = "view_url"
)

// BrandAddress is the name of the variable for the postal address of the owner.
const BrandAddress = "brand.address"

// Variables are the variables that every template can use. The attributes of a client are inside
// client.attributes, as in client.attributes.city.
var Variables = []string{
	"client.full_name", "client.first_name", "client.email", "client.attributes", UnsubscribeURL, ViewURL,
	"brand.name", BrandAddress, "brand.site",
}

// Values are the values of the variables in one rendering. An empty text counts as missing.
type Values struct {
	FullName       string         // client.full_name; client.first_name is made of it
	Email          string         // client.email
	Attributes     map[string]any // client.attributes, as decoded from JSON; not changed by a rendering
	Data           map[string]any // data, of a transactional e-mail; not changed either
	UnsubscribeURL string         // unsubscribe_url
	ViewURL        string         // view_url
	Brand          Brand
	Now            time.Time // {{ "now" | date: "%Y" }}
}

// Brand has the values of the variables about the owner. They are the same for all clients.
type Brand struct {
	Name    string `json:"name,omitempty"`    // brand.name
	Address string `json:"address,omitempty"` // brand.address: the postal address, one line
	Site    string `json:"site,omitempty"`    // brand.site: an address of the web
}
