from django.urls import path

from wonward.edges.web.work import views

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("search/", views.search, name="search"),
    path("preferences/", views.preferences, name="preferences"),
]
