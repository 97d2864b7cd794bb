from django.urls import path

from tenant_apps.accounts.views import entering, invitation, me, passkeys, people

urlpatterns = [
    path("daftar/", entering.sign_up, name="account_signup"),
    path("akun/", me.home, name="account_home"),
    path("akun/surel/", me.change_email, name="account_email"),
    path("akun/surel/kirim/", me.send_email_code, name="account_send_email_code"),
    path("akun/surel/kode/", entering.prove_email, name="account_email_verification_sent"),
    path("akun/nomor/", me.change_phone, name="account_change_phone"),
    path("akun/nomor/kirim/", me.send_phone_code, name="account_send_phone_code"),
    path("akun/nomor/kode/", entering.prove_phone, name="account_verify_phone"),
    path("akun/kunci-sandi/", passkeys.page, name="passkeys"),
    path("akun/kunci-sandi/mulai/", passkeys.begin, name="passkey_begin"),
    path("akun/kunci-sandi/simpan/", passkeys.save, name="passkey_save"),
    path("akun/kunci-sandi/tantangan/", passkeys.challenge, name="passkey_challenge"),
    path("akun/kunci-sandi/<uuid:public_id>/hapus/", passkeys.forget, name="passkey_forget"),
    path("undangan/<slug:token>/", invitation.invitation, name="invitation"),
    path("undangan/<slug:token>/terima/", invitation.accept_invitation, name="accept_invitation"),
    path("undangan/<slug:token>/gabung/", invitation.join, name="join"),
    path("wilayah/orang/", people.people_list, name="people"),
    path("wilayah/orang/undang/", people.invite_person, name="invite_person"),
    path("wilayah/orang/undangan/", people.invitations, name="invitations"),
    path("wilayah/orang/undangan/<uuid:public_id>/kirim/", people.send_again, name="send_invitation_again"),
    path("wilayah/orang/undangan/<uuid:public_id>/tarik/", people.withdraw, name="withdraw_invitation"),
    path("wilayah/orang/<uuid:public_id>/", people.person, name="person"),
    path("wilayah/orang/<uuid:public_id>/beri/", people.give_role, name="give_role"),
    path("wilayah/orang/<uuid:public_id>/cabut/", people.take_role, name="take_role"),
    path("wilayah/orang/<uuid:public_id>/tutup/", people.close_account, name="close_account"),
    path("wilayah/orang/<uuid:public_id>/buka/", people.open_account_again, name="open_account_again"),
]
