"""The urls of the site behind the streams in `asgi.py`."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("hello", lambda request: HttpResponse(f"hello {request.GET.get('q', '')}"))]
