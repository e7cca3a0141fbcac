from django.http import HttpResponse

from wonward.edges.web.shell.pages import SignedInRequest, page


@page(permission="imports.batch.run")
def imports(request: SignedInRequest) -> HttpResponse:
    return HttpResponse("")
