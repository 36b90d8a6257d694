package clients

// What the tests of this package read beside its routes.
const ImportBody = importBody

var ImporterOf = importerOf
