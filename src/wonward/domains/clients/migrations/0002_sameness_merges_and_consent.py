import django.db.models.deletion
from django.db import migrations, models

from wonward.domains.clients.rules.sameness import (
    CompanySketch,
    ContactSketch,
    company_keys,
    contact_keys,
)

AT_ONCE = 500


def file_records(apps, schema_editor):
    """Put companies and contacts that are there under the keys by which duplicates are found."""
    company, contact = apps.get_model("clients", "Company"), apps.get_model("clients", "Contact")
    rows = company.objects.filter(archived_at__isnull=True).order_by("pk").values_list("pk", "name", "domain", "country")
    model = apps.get_model("clients", "CompanyMatchKey")
    _write(model, "company_id", ((key, company_keys(CompanySketch.of(name, domain, country))) for key, name, domain, country in rows.iterator()))
    points, homes = {}, {}
    for key, kind, value in apps.get_model("clients", "ContactPoint").objects.values_list("contact_id", "kind", "value").iterator():
        points.setdefault((key, kind), []).append(value)
    for key, company_id in apps.get_model("clients", "Affiliation").objects.values_list("contact_id", "company_id").iterator():
        homes.setdefault(key, []).append(company_id)
    rows = contact.objects.filter(archived_at__isnull=True).order_by("pk").values_list("pk", "name")
    sketches = (
        (key, contact_keys(ContactSketch.of(name, points.get((key, "email"), ()), points.get((key, "phone"), ()), homes.get(key, ()))))
        for key, name in rows.iterator()
    )
    _write(apps.get_model("clients", "ContactMatchKey"), "contact_id", sketches)


def _write(model, column, filed):
    waiting = []
    for key, keys in filed:
        waiting += [model(**{column: key, "key": one}) for one in keys.all]
        if len(waiting) >= AT_ONCE:
            model.objects.bulk_create(waiting, batch_size=AT_ONCE)
            waiting = []
    model.objects.bulk_create(waiting, batch_size=AT_ONCE)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='affiliation',
            name='role',
            field=models.CharField(default='', max_length=120),
        ),
        migrations.AddField(
            model_name='company',
            name='address',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='company',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.company'),
        ),
        migrations.AddField(
            model_name='company',
            name='phone',
            field=models.CharField(default='', max_length=60),
        ),
        migrations.AddField(
            model_name='company',
            name='referred_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='brought_companies', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='company',
            name='source',
            field=models.CharField(default='', max_length=160),
        ),
        migrations.AddField(
            model_name='company',
            name='tags',
            field=models.CharField(default='', max_length=500),
        ),
        migrations.AddField(
            model_name='contact',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='contact',
            name='pain_points',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='contact',
            name='referred_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='brought_contacts', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='contact',
            name='source',
            field=models.CharField(default='', max_length=160),
        ),
        migrations.AddField(
            model_name='contact',
            name='tags',
            field=models.CharField(default='', max_length=500),
        ),
        migrations.AddField(
            model_name='stakeholder',
            name='stance',
            field=models.CharField(default='', max_length=8),
        ),
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(max_length=60)),
                ('first_id', models.BigIntegerField()),
                ('second_id', models.BigIntegerField()),
                ('score', models.PositiveSmallIntegerField()),
                ('because', models.CharField(max_length=80)),
                ('state', models.CharField(default='open', max_length=10)),
                ('found_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(default='', max_length=160)),
            ],
            options={
                'indexes': [models.Index(fields=['noun', 'state', '-score', 'id'], name='duplicate_list')],
                'constraints': [models.UniqueConstraint(fields=('noun', 'first_id', 'second_id'), name='duplicate_pair_once')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(max_length=60)),
                ('source_id', models.BigIntegerField()),
                ('target_id', models.BigIntegerField()),
                ('source_name', models.CharField(max_length=200)),
                ('target_name', models.CharField(max_length=200)),
                ('journal', models.JSONField(default=list)),
                ('moved_count', models.PositiveIntegerField(default=0)),
                ('merged_at', models.DateTimeField()),
                ('merged_by', models.CharField(max_length=160)),
                ('undone_at', models.DateTimeField(null=True)),
                ('left', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['noun', 'target_id', '-merged_at'], name='merge_target'), models.Index(fields=['noun', 'source_id'], name='merge_source')],
            },
        ),
        migrations.CreateModel(
            name='CompanyMatchKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.BigIntegerField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'company'), name='company_match_key')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('basis', models.CharField(default='', max_length=24)),
                ('source', models.CharField(default='', max_length=300)),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.CharField(default='', max_length=160)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='clients.contact')),
            ],
            options={
                'indexes': [models.Index(fields=['contact', 'purpose', '-noted_at'], name='consent_newest')],
            },
        ),
        migrations.CreateModel(
            name='ContactMatchKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.BigIntegerField()),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'contact'), name='contact_match_key')],
            },
        ),
        migrations.RunPython(file_records, migrations.RunPython.noop),
    ]
