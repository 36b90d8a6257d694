package pages

// ViewPolicy is the policy that the tests look for.
const ViewPolicy = viewPolicy
