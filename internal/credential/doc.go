// Package credential turns the provider's sign-in settings into sources of
// access tokens for the two services that the provider calls.
//
// Tokens for Microsoft Graph come from azidentity. The back end of the admin
// center accepts users only; its tokens come from a stored refresh token or
// from the user that is signed in to the Azure CLI. Nothing is requested before
// the first call that needs a token, and tokens are kept in memory only.
package credential
