// Package credential turns the provider's sign-in settings into sources of
// access tokens for the two services that the provider calls.
//
// Tokens for Microsoft Graph come from azidentity: for an application with a
// certificate, a secret or a token of another issuer, for a managed identity,
// or for whoever is signed in to the Azure CLI. The back end of the admin
// center accepts users only; its tokens come from a stored refresh token or
// from the user of the Azure CLI.
//
// Nothing is requested before the first call that needs a token. Tokens are
// kept in memory only, and secrets are sent to the configured hosts only.
package credential
