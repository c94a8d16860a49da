"""Addresses of the real django-helpdesk that the tests run; it looks itself up under the name `helpdesk`."""

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
