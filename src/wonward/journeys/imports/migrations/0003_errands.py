import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0002_saved_mappings'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportErrand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(default='sales.deal', max_length=60)),
                ('ref_id', models.BigIntegerField()),
                ('former', models.JSONField()),
                ('given', models.JSONField()),
                ('status', models.CharField(default='created', max_length=10)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='errands', to='imports.importbatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'noun', 'ref_id'), name='import_errand_once')],
            },
        ),
    ]
