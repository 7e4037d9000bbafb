package main

import (
	"context"
	"net/http"

	sailpoint "github.com/sailpoint-oss/golang-sdk/v2"
	beta "github.com/sailpoint-oss/golang-sdk/v2/api_beta"
	v2024 "github.com/sailpoint-oss/golang-sdk/v2/api_v2024"
	v2025 "github.com/sailpoint-oss/golang-sdk/v2/api_v2025"
	v2026 "github.com/sailpoint-oss/golang-sdk/v2/api_v2026"
	v3 "github.com/sailpoint-oss/golang-sdk/v2/api_v3"
)

// change is what set-password is told.
type change struct{ identity, ciphertext, key, account, source string }

// family is one version of the API in the SDK's own types; answers are looked at through their JSON form.
type family struct {
	name   string
	digit  func(context.Context) (any, *http.Response, error)
	query  func(context.Context) (any, *http.Response, error)
	set    func(context.Context, change) (any, *http.Response, error)
	status func(context.Context, string) (any, *http.Response, error)
}

func families(client *sailpoint.APIClient) []family {
	user, source, experimental := user, source, "true"
	length, minutes := int32(8), int32(5)
	return []family{
		{
			name: "beta",
			digit: func(ctx context.Context) (any, *http.Response, error) {
				body := beta.PasswordDigitTokenReset{UserId: user, Length: &length, DurationMinutes: &minutes}
				return client.Beta.PasswordManagementAPI.CreateDigitToken(ctx).PasswordDigitTokenReset(body).Execute()
			},
			query: func(ctx context.Context) (any, *http.Response, error) {
				body := beta.PasswordInfoQueryDTO{UserName: &user, SourceName: &source}
				return client.Beta.PasswordManagementAPI.QueryPasswordInfo(ctx).PasswordInfoQueryDTO(body).Execute()
			},
			set: func(ctx context.Context, c change) (any, *http.Response, error) {
				body := beta.PasswordChangeRequest{IdentityId: &c.identity, EncryptedPassword: &c.ciphertext, PublicKeyId: &c.key, AccountId: &c.account, SourceId: &c.source}
				return client.Beta.PasswordManagementAPI.SetIdentityPassword(ctx).PasswordChangeRequest(body).Execute()
			},
			status: func(ctx context.Context, id string) (any, *http.Response, error) {
				return client.Beta.PasswordManagementAPI.GetIdentityPasswordChangeStatus(ctx, id).Execute()
			},
		},
		{
			name: "v3",
			query: func(ctx context.Context) (any, *http.Response, error) {
				body := v3.PasswordInfoQueryDTO{UserName: &user, SourceName: &source}
				return client.V3.PasswordManagementAPI.QueryPasswordInfo(ctx).PasswordInfoQueryDTO(body).Execute()
			},
			set: func(ctx context.Context, c change) (any, *http.Response, error) {
				body := v3.PasswordChangeRequest{IdentityId: &c.identity, EncryptedPassword: &c.ciphertext, PublicKeyId: &c.key, AccountId: &c.account, SourceId: &c.source}
				return client.V3.PasswordManagementAPI.SetPassword(ctx).PasswordChangeRequest(body).Execute()
			},
			status: func(ctx context.Context, id string) (any, *http.Response, error) {
				return client.V3.PasswordManagementAPI.GetPasswordChangeStatus(ctx, id).Execute()
			},
		},
		{
			name: "v2024",
			digit: func(ctx context.Context) (any, *http.Response, error) {
				body := v2024.PasswordDigitTokenReset{UserId: user, Length: &length, DurationMinutes: &minutes}
				return client.V2024.PasswordManagementAPI.CreateDigitToken(ctx).XSailPointExperimental(experimental).PasswordDigitTokenReset(body).Execute()
			},
			query: func(ctx context.Context) (any, *http.Response, error) {
				body := v2024.PasswordInfoQueryDTO{UserName: &user, SourceName: &source}
				return client.V2024.PasswordManagementAPI.QueryPasswordInfo(ctx).PasswordInfoQueryDTO(body).Execute()
			},
			set: func(ctx context.Context, c change) (any, *http.Response, error) {
				body := v2024.PasswordChangeRequest{IdentityId: &c.identity, EncryptedPassword: &c.ciphertext, PublicKeyId: &c.key, AccountId: &c.account, SourceId: &c.source}
				return client.V2024.PasswordManagementAPI.SetPassword(ctx).PasswordChangeRequest(body).Execute()
			},
			status: func(ctx context.Context, id string) (any, *http.Response, error) {
				return client.V2024.PasswordManagementAPI.GetPasswordChangeStatus(ctx, id).Execute()
			},
		},
		{
			name: "v2025",
			digit: func(ctx context.Context) (any, *http.Response, error) {
				body := v2025.PasswordDigitTokenReset{UserId: user, Length: &length, DurationMinutes: &minutes}
				return client.V2025.PasswordManagementAPI.CreateDigitToken(ctx).XSailPointExperimental(experimental).PasswordDigitTokenReset(body).Execute()
			},
			query: func(ctx context.Context) (any, *http.Response, error) {
				body := v2025.PasswordInfoQueryDTO{UserName: &user, SourceName: &source}
				return client.V2025.PasswordManagementAPI.QueryPasswordInfo(ctx).PasswordInfoQueryDTO(body).Execute()
			},
			set: func(ctx context.Context, c change) (any, *http.Response, error) {
				body := v2025.PasswordChangeRequest{IdentityId: &c.identity, EncryptedPassword: &c.ciphertext, PublicKeyId: &c.key, AccountId: &c.account, SourceId: &c.source}
				return client.V2025.PasswordManagementAPI.SetPassword(ctx).PasswordChangeRequest(body).Execute()
			},
			status: func(ctx context.Context, id string) (any, *http.Response, error) {
				return client.V2025.PasswordManagementAPI.GetPasswordChangeStatus(ctx, id).Execute()
			},
		},
		{
			name: "v2026",
			digit: func(ctx context.Context) (any, *http.Response, error) {
				body := v2026.PasswordDigitTokenReset{UserId: user, Length: &length, DurationMinutes: &minutes}
				return client.V2026.PasswordManagementAPI.CreateDigitToken(ctx).XSailPointExperimental(experimental).PasswordDigitTokenReset(body).Execute()
			},
			query: func(ctx context.Context) (any, *http.Response, error) {
				body := v2026.PasswordInfoQueryDTO{UserName: &user, SourceName: &source}
				return client.V2026.PasswordManagementAPI.QueryPasswordInfo(ctx).PasswordInfoQueryDTO(body).Execute()
			},
			set: func(ctx context.Context, c change) (any, *http.Response, error) {
				body := v2026.PasswordChangeRequest{IdentityId: &c.identity, EncryptedPassword: &c.ciphertext, PublicKeyId: &c.key, AccountId: &c.account, SourceId: &c.source}
				return client.V2026.PasswordManagementAPI.SetPassword(ctx).PasswordChangeRequest(body).Execute()
			},
			status: func(ctx context.Context, id string) (any, *http.Response, error) {
				return client.V2026.PasswordManagementAPI.GetPasswordChangeStatus(ctx, id).Execute()
			},
		},
	}
}
