package webhook

// What the tests of this package read beside its Reader.
const MaxPage = maxPage

var FetchAmazon = fetchAmazon
